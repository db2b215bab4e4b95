// The line between this page and kring: one RTCPeerConnection, offered anew when it is lost.
// Rule: it outlives calls, and a socket that is away for a moment; one offer is out at a time, and an answer to another
// one is not taken. What was connected sounds on until the next one is answered.

import type { PhoneFrame, PhoneSaid } from '../wire';

/** `taken`: another page of the same person has it now. `refused`: trying again would be of no use. */
export type LineState = 'closed' | 'opening' | 'up' | 'lost' | 'taken' | 'refused';

/** The browser, as far as the line needs it; tests give their own. */
export type LineWorld = {
  connect(): RTCPeerConnection;
  /** What this browser can send and take. */
  codecs(): RTCRtpCodec[];
};

export type LineHooks = {
  say(frame: PhoneSaid): void;
  state(state: LineState): void;
  /** The far voice, of each connection once. */
  heard(voice: MediaStream): void;
};

/** From offer to connected takes 60 to 130 ms; so much later it is tried again. */
const connectsWithinMs = 4_000;
/** A connection that hears nothing may hear again; longer is a line that is lost. */
const passingMs = 1_500;
const firstRetryMs = 250;
const retryMaxMs = 5_000;
/** Only an administrator, or another browser, can change these. */
const final = ['no_browser_phone', 'bad_offer'];
/** Length and pause of a key, ms (RFC 4733 §2.5.1: at least 40 and 40; Q.24 knows some that need 70). */
const keyMs = 100;
const keyPauseMs = 70;

export class Line {
  state: LineState = 'closed';
  #pc: RTCPeerConnection | null = null;
  /** Sounds until the next one is answered. */
  #before: RTCPeerConnection | null = null;
  #sender: RTCRtpSender | null = null;
  #track: MediaStreamTrack | null = null;
  #linked = false;
  /** As the server names what it has of us. */
  #leg: string | null = null;
  #n = 0;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly world: LineWorld,
    private readonly hooks: LineHooks,
  ) {}

  /** With this microphone from now on; opened if it is not open yet. */
  open(track: MediaStreamTrack): void {
    this.#track = track;
    if (this.#pc && this.state === 'up') void this.#sender?.replaceTrack(track);
    else void this.#offer();
  }

  /** The socket came or went. What sounded on is kept, if the server still has it. */
  linked(up: boolean): void {
    this.#linked = up;
    if (!up) return;
    if (this.state === 'up' && this.#leg) this.hooks.say({ t: 'phone.keep', leg: this.#leg });
    else void this.#offer();
  }

  hear(frame: PhoneFrame): void {
    if (frame.t === 'phone.answer' && frame.d.offer === this.#n) void this.#answered(frame.d);
    if (frame.t === 'phone.refused' && (frame.d.offer ?? this.#n) === this.#n) this.#denied(frame.d.code);
    // What is said of a leg that was given up is late.
    if (frame.t !== 'phone.state' || frame.d.leg !== this.#leg) return;
    if (frame.d.state === 'taken') this.#end('taken');
    if (frame.d.state === 'lost' || frame.d.state === 'closed') void this.#offer();
  }

  /** Sends keys to whoever is talked to; whether it could. */
  keys(tones: string): boolean {
    const dtmf = this.#sender?.dtmf;
    if (this.state !== 'up' || !dtmf?.canInsertDTMF) return false;
    dtmf.insertDTMF(dtmf.toneBuffer + tones, keyMs, keyPauseMs);
    return true;
  }

  stats(): Promise<RTCStatsReport> | null {
    return this.state === 'up' ? (this.#pc?.getStats() ?? null) : null;
  }

  /** Ends it. `say`: also to the server, who then knows that nothing rings here. */
  close(say: boolean): void {
    if (say && this.#linked && this.#pc) this.hooks.say({ t: 'phone.close' });
    this.#end('closed');
  }

  #end(state: LineState): void {
    clearTimeout(this.#timer);
    this.#before?.close();
    this.#pc?.close();
    [this.#pc, this.#before, this.#sender, this.#track, this.#leg] = [null, null, null, null, null];
    this.#become(state);
  }

  async #offer(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#track || !this.#linked) return;
    const n = (this.#n += 1);
    this.#tries += 1;
    this.#before?.close();
    this.#before = this.#pc;
    const pc = this.world.connect();
    this.#pc = pc;
    this.#become(this.state === 'up' || this.state === 'lost' ? 'lost' : 'opening');
    pc.ontrack = ({ streams, track }) => this.#pc === pc && this.hooks.heard(streams[0] ?? new MediaStream([track]));
    pc.onconnectionstatechange = () => this.#pc === pc && this.#changed(pc);
    const way = pc.addTransceiver(this.#track, { direction: 'sendrecv' });
    way.setCodecPreferences(spoken(this.world.codecs()));
    this.#sender = way.sender;
    this.#again(connectsWithinMs);
    try {
      await pc.setLocalDescription();
    } catch {
      return;
    }
    const { localDescription: offer } = pc;
    if (this.#n === n && offer) this.hooks.say({ t: 'phone.offer', offer: n, sdp: withoutCandidates(offer.sdp) });
  }

  #denied(code: string): void {
    // The server is a new one, or has waited long enough.
    if (code === 'no_leg') return void this.#offer();
    if (final.includes(code)) return this.#end('refused');
    return this.#again(this.#pauseMs());
  }

  async #answered({ leg, sdp }: { leg: string; sdp: string }): Promise<void> {
    const pc = this.#pc;
    if (pc?.signalingState !== 'have-local-offer') return;
    this.#before?.close();
    this.#before = null;
    this.#leg = leg;
    try {
      await pc.setRemoteDescription({ type: 'answer', sdp });
    } catch {
      if (this.#pc === pc) this.#again(this.#pauseMs());
    }
  }

  #changed(pc: RTCPeerConnection): void {
    switch (pc.connectionState) {
      case 'connected':
        clearTimeout(this.#timer);
        this.#tries = 0;
        return this.#become('up');
      case 'disconnected':
        return this.#again(passingMs);
      case 'failed':
      case 'closed':
        this.#become('lost');
        return this.#again(this.#pauseMs());
      default:
        return undefined;
    }
  }

  #again(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.state === 'up') this.#become('lost');
      void this.#offer();
    }, afterMs);
  }

  #pauseMs(): number {
    return Math.min(retryMaxMs, firstRetryMs * 2 ** Math.min(this.#tries, 10));
  }

  #become(state: LineState): void {
    if (state === this.state) return;
    this.state = state;
    this.hooks.state(state);
  }
}

/** G.711 and keys: what every PBX has. A-law first, as the Thai network speaks. */
export function spoken(codecs: RTCRtpCodec[]): RTCRtpCodec[] {
  const named = (wanted: string) => codecs.filter((codec) => codec.mimeType.toLowerCase() === wanted && codec.clockRate === 8000);
  return [...named('audio/pcma'), ...named('audio/pcmu'), ...named('audio/telephone-event')];
}

/** The server learns where we are from our own checks (ICE-lite): no address of this computer is told. */
export const withoutCandidates = (sdp: string) => sdp.replace(/^a=(candidate:|end-of-candidates).*\r?\n/gm, '');
