// The ring that this page sounds, apart from the telephone: Web Audio on the device that was chosen.
// Rule: it is said to be audible only when the sound really runs and is not muted.

import type { RingClock } from '../call/ring_clock';
import { burstsLeft, gainOf, ringHz, type Burst } from './tone';

type Ringing = { call: string; clock: RingClock; audible: () => void; said: boolean };
/** Not in every browser. */
type Sinking = AudioContext & { setSinkId?: (id: string) => Promise<void> };

const mutedKey = 'kring.ring.muted';
const deviceKey = 'kring.ring.device';
/** So that a burst does not begin and end with a click, s. */
const edgeS = 0.012;

function remembered(key: string): string {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Until the next reload, then.
  }
}

export class Ringer {
  muted = $state(remembered(mutedKey) === 'yes');
  /** As the browser names it; empty is the computer's own choice. */
  device = $state(remembered(deviceKey));
  /** The chosen device is gone: the computer's own choice is used. */
  deviceGone = $state(false);
  /** The browser lets this page sound. */
  running = $state(false);
  /** When the test burst was last heard to its end, Unix ms. */
  tested = $state<number | null>(null);
  testing = $state(false);
  /** There is no speaker, or the browser has no way to it. */
  failed = $state(typeof AudioContext === 'undefined');
  #context: Sinking | undefined;
  /** Where it sounds now. */
  #sunk = '';
  #master: GainNode | undefined;
  #now: Ringing | null = null;
  #playing: AudioNode[] = [];

  /** Asks the browser for sound: at once after a click or a key, else it waits for one. */
  wake(): void {
    if (this.failed || this.running) return;
    const context = (this.#context ??= this.#open());
    void context.resume().catch(() => {});
    this.#looked();
  }

  /** Sounds what is left of the ring of this call. `audible` is called once, when it was. */
  ring(call: string, clock: RingClock, audible: () => void): void {
    if (this.#now?.call === call && this.#now.clock.startedAt === clock.startedAt) return;
    this.#now = { call, clock, audible, said: this.#now?.call === call && this.#now.said };
    this.wake();
    this.#sound();
  }

  quiet(): void {
    this.#now = null;
    this.#stop();
  }

  mute(muted: boolean): void {
    this.muted = muted;
    remember(mutedKey, muted ? 'yes' : '');
    if (this.#context && this.#master) this.#master.gain.setTargetAtTime(muted ? 0 : 1, this.#context.currentTime, 0.01);
  }

  /** One burst as the first ring has it, by a click. */
  async test(): Promise<void> {
    if (this.failed || this.testing) return;
    this.testing = true;
    this.wake();
    await this.#context?.resume().catch(() => {});
    this.#looked();
    const ended = () => {
      this.testing = false;
      if (this.running && !this.muted) this.tested = Date.now();
    };
    if (this.running) this.#burst({ n: 2, inMs: 0, forMs: 1000, gain: gainOf(2), last: false }, ended);
    else ended();
  }

  async choose(device: string): Promise<void> {
    this.device = device;
    this.tested = null;
    remember(deviceKey, device);
    await this.#sink();
    this.again();
  }

  /** A speaker was plugged in, or another one was chosen: what failed may work now. */
  again(): void {
    if (!this.failed || typeof AudioContext === 'undefined') return;
    void this.#context?.close().catch(() => {});
    this.#context = undefined;
    this.#sunk = '';
    this.failed = false;
    this.wake();
  }

  #open(): Sinking {
    const context: Sinking = new AudioContext({ latencyHint: 'interactive' });
    this.#master = context.createGain();
    this.#master.gain.value = this.muted ? 0 : 1;
    this.#master.connect(context.destination);
    context.onstatechange = () => this.#looked();
    context.addEventListener('error', () => {
      this.failed = true;
      this.running = false;
      this.#stop();
    });
    this.#context = context;
    void this.#sink();
    return context;
  }

  async #sink(): Promise<void> {
    const context = this.#context;
    if (!context?.setSinkId || this.device === this.#sunk) return;
    try {
      await context.setSinkId(this.device);
      this.#sunk = this.device;
      this.deviceGone = false;
    } catch {
      this.deviceGone = this.device !== '';
      if (this.#sunk !== '') await context.setSinkId('').catch(() => {});
      this.#sunk = '';
    }
  }

  #looked(): void {
    const running = !this.failed && this.#context?.state === 'running';
    if (running === this.running) return;
    this.running = running;
    // It was locked while the call began to ring.
    if (running) this.#sound();
  }

  #sound(): void {
    this.#stop();
    const ringing = this.#now;
    if (!ringing || !this.running) return;
    for (const burst of burstsLeft(ringing.clock, performance.now())) this.#burst(burst, undefined, () => this.#heard(ringing));
  }

  #heard(ringing: Ringing): void {
    if (ringing !== this.#now || ringing.said || this.muted || this.#context?.state !== 'running') return;
    ringing.said = true;
    ringing.audible();
  }

  #burst({ inMs, forMs, gain, last }: Burst, ended?: () => void, begun?: () => void): void {
    const [context, master] = [this.#context!, this.#master!];
    const from = context.currentTime + inMs / 1000;
    const to = from + forMs / 1000;
    const level = context.createGain();
    level.gain.setValueAtTime(0, from);
    level.gain.linearRampToValueAtTime(gain, from + edgeS);
    level.gain.setValueAtTime(gain, to - edgeS);
    level.gain.linearRampToValueAtTime(0, to);
    level.connect(master);
    const tone = this.#tone(ringHz, from, to, level);
    if (last) this.#tone(ringHz * 2, from, to, level);
    if (ended) tone.onended = ended;
    this.#playing.push(level);
    // The end of something short is told by the sound itself, also in a tab whose timers sleep.
    if (begun) this.#tone(ringHz, from, from + edgeS * 2, level).onended = begun;
  }

  #tone(hz: number, from: number, to: number, into: AudioNode): OscillatorNode {
    const tone = this.#context!.createOscillator();
    tone.frequency.value = hz;
    tone.connect(into);
    tone.start(from);
    tone.stop(to);
    this.#playing.push(tone);
    return tone;
  }

  #stop(): void {
    for (const node of this.#playing) {
      if (node instanceof OscillatorNode) {
        node.onended = null;
        node.stop();
      }
      node.disconnect();
    }
    this.#playing = [];
    this.testing = false;
  }
}

export const ringer = new Ringer();
