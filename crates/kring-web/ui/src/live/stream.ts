// The socket: hello, welcome, acknowledgements, replay, reconnection.
// Rule: every frame is handed on exactly once and in order, and is acknowledged on receipt, before
// anything is drawn. A gap in the numbers is a fault of the line: the socket is opened anew.

import { closedForGood, type ClientFrame, type Frame, type PhoneFrame, type PhoneSaid, type Snapshot, type Welcome } from '../wire';

export type LinkState =
  | { up: true }
  /** `since` is on the page's own clock, ms; `tries` counts from the loss. */
  | { up: false; since: number; tries: number; first: boolean };

export type StreamHooks = {
  snapshot(snapshot: Snapshot): void;
  frame(frame: Frame): void;
  /** Of the phone in this page: not numbered. */
  phone?(frame: PhoneFrame): void;
  link(state: LinkState): void;
  /** The session is over: sign in again. */
  signedOut(why: SessionEnd): void;
};

/** `replaced`: the same person has signed in at another screen. */
export type SessionEnd = 'lapsed' | 'replaced';

/** The browser, as far as the stream needs it; tests give their own. */
export type StreamWorld = {
  open(): WebSocket;
  /** Asks the server for a sign of life over HTTP; false when there is none. */
  alive(): Promise<boolean>;
  now(): number;
  random(): number;
};

const firstRetryMs = 250;
/** A daemon that starts anew is there within seconds, and so is the page then. */
const retrySoonMs = 1_000;
const triesSoon = 60;
const retryMaxMs = 5_000;
/** The server sends statistics about once a second; so much silence is worth a question. */
const quietMs = 10_000;
const openWithinMs = 5_000;

const aboutPhone = (said: Frame | PhoneFrame): said is PhoneFrame => said.t.startsWith('phone.');

export class Stream {
  #socket: WebSocket | undefined;
  #epoch: string | undefined;
  #seen = 0;
  #tries = 0;
  #lostAt: number;
  #welcomed = false;
  #everWelcomed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(
    private readonly clientId: string,
    private readonly hooks: StreamHooks,
    private readonly world: StreamWorld,
  ) {
    this.#lostAt = world.now();
  }

  /** Opens the socket and keeps it open until `close`. */
  connect(): void {
    if (this.#closed) return;
    clearTimeout(this.#retry);
    this.#drop();
    this.#tries += 1;
    this.#tellDown();
    const socket = this.world.open();
    this.#socket = socket;
    this.#welcomed = false;
    // Handlers of a socket that was given up are deaf: only the current one may speak.
    const current = () => this.#socket === socket;
    socket.onopen = () => current() && this.#hello();
    socket.onmessage = (event) => current() && this.#receive(String(event.data));
    socket.onclose = (event) => current() && this.#lost(event.code);
    this.#watchFor(openWithinMs, () => this.#lost());
  }

  /** Tries again at once, when the user or the browser says that the network is back. */
  retryNow(): void {
    if (!this.#welcomed) this.connect();
  }

  /** After it was closed for good: the person has signed in again. */
  reopen(): void {
    this.#closed = false;
    this.#welcomed = false;
    this.#tries = 0;
    this.connect();
  }

  /** Says that the frame was on the screen so many ms after its receipt. */
  painted(seq: number, ms: number): void {
    if (this.#welcomed) this.#send({ t: 'painted', seq, ms: Math.round(ms) });
  }

  /** Says that the page sounds the ring of this call. */
  audible(call: string): void {
    if (this.#welcomed) this.#send({ t: 'ring.audible', call });
  }

  /** Of the phone in this page. Without a line it is not said: the phone says it anew when there is one. */
  phone(said: PhoneSaid): void {
    if (this.#welcomed) this.#send(said);
  }

  /** Ends it: nothing is opened any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#drop();
  }

  #hello(): void {
    const resume = this.#epoch === undefined ? {} : { epoch: this.#epoch, resume_after: this.#seen };
    this.#send({ t: 'hello', client_id: this.clientId, ...resume, caps: ['audio'] });
  }

  #receive(text: string): void {
    const said = JSON.parse(text) as Welcome | Frame | PhoneFrame;
    if (said.t === 'welcome') this.#welcome(said);
    else if (aboutPhone(said)) this.#welcomed && this.hooks.phone?.(said);
    else if (this.#welcomed && typeof said.seq === 'number') this.#take(said);
    if (this.#welcomed) this.#watchFor(quietMs, () => void this.#ask());
  }

  #welcome(welcome: Welcome): void {
    const resumed = this.#epoch === welcome.epoch;
    this.#epoch = welcome.epoch;
    // `from` is the first frame that will follow. Of another epoch it begins anew; of this one it
    // is what was not seen yet, or later when the server skipped what the snapshot already tells.
    this.#seen = welcome.from - 1;
    this.#welcomed = true;
    this.#everWelcomed = true;
    this.#tries = 0;
    // The last acknowledgement may have been lost with the line.
    if (resumed && this.#seen > 0) this.#send({ t: 'ack', seq: this.#seen });
    this.hooks.snapshot(welcome.snapshot);
    this.hooks.link({ up: true });
  }

  #take(frame: Frame): void {
    if (frame.seq <= this.#seen) {
      this.#send({ t: 'ack', seq: this.#seen });
      return;
    }
    if (frame.seq > this.#seen + 1) {
      this.#lost();
      return;
    }
    this.#seen = frame.seq;
    if (frame.ack) this.#send({ t: 'ack', seq: frame.seq });
    this.hooks.frame(frame);
  }

  async #ask(): Promise<void> {
    const socket = this.#socket;
    const alive = await this.world.alive();
    if (this.#socket !== socket || !this.#welcomed) return;
    if (alive) this.#watchFor(quietMs, () => void this.#ask());
    else this.#lost();
  }

  #lost(code?: number): void {
    this.#drop();
    if (code === closedForGood.notSignedIn || code === closedForGood.signedOut || code === closedForGood.takenOver) {
      this.#closed = true;
      this.hooks.signedOut(code === closedForGood.takenOver ? 'replaced' : 'lapsed');
      return;
    }
    if (this.#welcomed) this.#lostAt = this.world.now();
    this.#welcomed = false;
    this.#tellDown();
    const most = this.#tries <= triesSoon ? retrySoonMs : retryMaxMs;
    const step = Math.min(most, firstRetryMs * 2 ** Math.min(this.#tries, 10));
    this.#retry = setTimeout(() => this.connect(), step * (0.5 + this.world.random() / 2));
  }

  #tellDown(): void {
    this.hooks.link({ up: false, since: this.#lostAt, tries: this.#tries, first: !this.#everWelcomed });
  }

  #drop(): void {
    clearTimeout(this.#watch);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #watchFor(ms: number, then: () => void): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(then, ms);
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }
}
