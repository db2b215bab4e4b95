// The telephone that this page is: microphone, line and loudspeaker, and what is said to the agent of them.
// Rule: what is said here goes out only while the server says that this phone talks, and not while it is muted.

import { announcer } from '../shell/announce.svelte';
import { ringer } from '../sound/ringer.svelte';
import type { Me, PhoneCall, PhoneFrame, PhoneSaid, SoundSide } from '../wire';
import { chime } from './chime';
import { keep, kept } from './kept';
import { Meter } from './level';
import { Line, type LineState } from './line';
import { Microphone } from './microphone.svelte';
import { counted, judged, worse, type Counted, type Judged } from './quality';
import { words } from './words';

const speakerKey = 'kring.voice.device';
/** Of this tab: a reload in a call does not let others hear again who was muted. */
const mutedKey = 'kring.muted';
const looksEveryMs = 2_000;

/** Whose voice suffers, and how. */
export type Suffers = Judged & { whose: SoundSide };

export class Phone {
  line = $state<LineState>('closed');
  /** Since when the line is as it is, on the page's own clock, ms. */
  lineSince = $state(performance.now());
  call = $state<PhoneCall>('idle');
  muted = $state(false);
  /** Where the caller's voice comes from; empty is the computer's own choice. */
  speaker = $state(kept(speakerKey));
  speakerGone = $state(false);
  /** The worse of the two ways between this page and kring, in a call. */
  quality = $state.raw<Suffers | null>(null);
  /** The browser does not let the voice sound before a click. */
  locked = $state(false);
  /** How long it took from the offer until sound could pass, ms: of the last time. */
  openedInMs = $state<number | null>(null);
  readonly microphone: Microphone;
  readonly #line: Line;
  readonly #far = new Meter();
  readonly #voice = new Audio();
  readonly #beat: ReturnType<typeof setInterval>;
  #counted: Counted | null = null;

  constructor(me: Me, say: (said: PhoneSaid) => void) {
    this.#line = new Line(
      {
        connect: () => new RTCPeerConnection({ iceServers: me.phone?.ice_servers ?? [], bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' }),
        codecs: () => RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [],
      },
      { say, state: (state) => this.#became(state), heard: (voice) => this.#hears(voice) },
    );
    this.microphone = new Microphone((track) => {
      this.#gate();
      this.#line.open(track);
      // A page that hears may also sound, without a click: a reload rings as before.
      ringer.wake();
    });
    this.#voice.autoplay = true;
    void this.#sink();
    this.#beat = setInterval(() => void this.#look(), looksEveryMs);
    try {
      this.muted = sessionStorage.getItem(mutedKey) === 'yes';
    } catch {
      // Then a reload hears again.
    }
  }

  /** Opens what can be opened without asking anybody. */
  begin(): Promise<void> {
    return this.microphone.begin();
  }

  /** What stands between this phone and a call. */
  get lack(): 'microphone' | 'line' | null {
    if (this.microphone.state !== 'open') return 'microphone';
    return this.line === 'up' ? null : 'line';
  }

  linked(up: boolean): void {
    this.#line.linked(up);
  }

  hear(frame: PhoneFrame): void {
    this.#line.hear(frame);
    if (frame.t === 'phone.call') this.#isIn(frame.d.state);
    if (frame.t === 'phone.state' && frame.d.state === 'connected') this.openedInMs = frame.d.ms;
  }

  mute(muted: boolean): void {
    if (muted === this.muted) return;
    this.muted = muted;
    try {
      sessionStorage.setItem(mutedKey, muted ? 'yes' : '');
    } catch {
      // Kept by this page alone.
    }
    this.#gate();
    announcer.say(muted ? words.t.mutedNow : words.t.unmutedNow);
  }

  /** A key of the telephone; whether it was sent. */
  key(tone: string): boolean {
    return this.call === 'talking' && this.#line.keys(tone);
  }

  /** 0 to 1, of the far voice. */
  farLevel(): number {
    return this.#far.read();
  }

  /** After a click or a key: a voice that the browser kept silent may sound. */
  wake(): void {
    if (this.locked) void this.#play();
  }

  async choose(speaker: string): Promise<void> {
    this.speaker = speaker;
    keep(speakerKey, speaker);
    await this.#sink();
  }

  /** Two notes where the caller's voice will come from. */
  async test(): Promise<void> {
    const notes: HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> } = new Audio(URL.createObjectURL(chime()));
    notes.onended = () => URL.revokeObjectURL(notes.src);
    await notes.setSinkId?.(this.speakerGone ? '' : this.speaker).catch(() => {});
    await notes.play().catch(() => {});
  }

  /** `say`: the server is told that nothing rings here; else another page takes over what there is. */
  close(say: boolean): void {
    clearInterval(this.#beat);
    this.#line.close(say);
    this.microphone.close();
    this.#far.rest();
    this.#voice.srcObject = null;
  }

  #isIn(call: PhoneCall): void {
    this.call = call;
    if (call === 'idle') {
      // The next one is not muted by what was meant for this one.
      this.#unmute();
      [this.quality, this.#counted] = [null, null];
    }
    this.#gate();
  }

  #unmute(): void {
    this.muted = false;
    try {
      sessionStorage.removeItem(mutedKey);
    } catch {
      // It was not kept.
    }
  }

  #gate(): void {
    this.microphone.gate(this.call === 'talking' && !this.muted);
  }

  #became(state: LineState): void {
    this.line = state;
    this.lineSince = performance.now();
    this.#counted = null;
  }

  #hears(voice: MediaStream): void {
    this.#voice.srcObject = voice;
    this.#far.listen(voice);
    void this.#play();
  }

  async #play(): Promise<void> {
    try {
      await this.#voice.play();
      this.locked = false;
    } catch (failure) {
      this.locked = (failure as DOMException).name === 'NotAllowedError';
    }
  }

  async #sink(): Promise<void> {
    if (!('setSinkId' in this.#voice)) return;
    try {
      await this.#voice.setSinkId(this.speaker);
      this.speakerGone = false;
    } catch {
      this.speakerGone = this.speaker !== '';
      await this.#voice.setSinkId('').catch(() => {});
    }
  }

  async #look(): Promise<void> {
    if (this.call !== 'talking') return;
    const report = await this.#line.stats();
    const now = report ? counted(report) : null;
    const both = now && this.#counted ? judged(this.#counted, now) : null;
    this.#counted = now;
    if (!both) return;
    const come = { ...both.come, whose: 'caller' as const };
    const gone = both.gone && { ...both.gone, whose: 'agent' as const };
    this.quality = worse<Suffers>(come, gone);
  }
}
