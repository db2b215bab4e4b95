// The microphone of this computer: asked for once, chosen, watched, and given to the line.
// Rule: no sound leaves the page outside of a call; what goes out and what the meter sees are two tracks of one microphone.

import { keep, kept } from './kept';
import { Meter } from './level';

/** `unasked`: the browser will ask, so a click comes first. `refused`: only the person can undo it, at the address. */
export type MicrophoneState = 'unasked' | 'asking' | 'open' | 'refused' | 'none' | 'busy' | 'insecure';
export type Named = { id: string; label: string };

const deviceKey = 'kring.microphone';
/** Where the browser does not say whether it will ask: it did not, the last time. */
const allowedKey = 'kring.microphone.allowed';

export class Microphone {
  state = $state<MicrophoneState>('unasked');
  /** Of the one that is open, as the browser calls it. */
  label = $state('');
  /** As it was chosen; empty is the computer's own choice. */
  device = $state(kept(deviceKey));
  /** The chosen one is not there: another one is used. */
  deviceGone = $state(false);
  microphones = $state.raw<Named[]>([]);
  speakers = $state.raw<Named[]>([]);
  readonly #meter = new Meter();
  #raw: MediaStream | null = null;
  #sent: MediaStreamTrack | null = null;
  #on = false;
  #watched = false;

  /** `opened` is given each track that goes out from then on. */
  constructor(private readonly opened: (track: MediaStreamTrack) => void) {}

  /** Opens it where nobody has to be asked. */
  async begin(): Promise<void> {
    if (!isSecureContext || !navigator.mediaDevices) {
      this.state = 'insecure';
      return;
    }
    this.#watch();
    const may = await permission();
    may?.addEventListener?.('change', () => {
      if (may.state === 'granted' && this.state !== 'open') void this.ask();
      if (may.state === 'denied') this.#gone('refused');
    });
    if (may?.state === 'denied') this.state = 'refused';
    else if (may?.state === 'granted' || kept(allowedKey)) await this.ask();
  }

  /** Opens it; the browser may ask the person. */
  async ask(): Promise<void> {
    if (this.state === 'asking' || this.state === 'insecure') return;
    this.state = 'asking';
    try {
      this.#take(await this.#get());
      keep(allowedKey, 'yes');
    } catch (failure) {
      const why = await reason(failure);
      this.#gone(why);
      if (why === 'refused' || why === 'unasked') keep(allowedKey, '');
    }
    await this.#look();
  }

  async choose(device: string): Promise<void> {
    this.device = device;
    keep(deviceKey, device);
    await this.ask();
  }

  /** Whether what is said here goes out. */
  gate(on: boolean): void {
    this.#on = on;
    if (this.#sent) this.#sent.enabled = on;
  }

  /** 0 to 1, also while nothing goes out. */
  level(): number {
    return this.state === 'open' ? this.#meter.read() : 0;
  }

  close(): void {
    if (this.#watched) navigator.mediaDevices.removeEventListener('devicechange', this.#changed);
    this.#watched = false;
    this.#rest();
    if (this.state === 'open') this.state = 'unasked';
  }

  async #get(): Promise<MediaStream> {
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    const { mediaDevices } = navigator;
    this.deviceGone = false;
    if (!this.device) return mediaDevices.getUserMedia({ audio: wanted });
    try {
      return await mediaDevices.getUserMedia({ audio: { ...wanted, deviceId: { exact: this.device } } });
    } catch (failure) {
      if ((failure as DOMException).name !== 'OverconstrainedError') throw failure;
      this.deviceGone = true;
      return mediaDevices.getUserMedia({ audio: wanted });
    }
  }

  #take(stream: MediaStream): void {
    this.#rest();
    const [track] = stream.getAudioTracks();
    this.#raw = stream;
    this.label = track!.label;
    this.#meter.listen(stream);
    // Unplugged, or taken away at the address.
    track!.addEventListener('ended', () => this.#raw === stream && void this.#lost());
    this.#sent = track!.clone();
    this.#sent.enabled = this.#on;
    this.state = 'open';
    this.opened(this.#sent);
  }

  async #lost(): Promise<void> {
    this.#gone('none');
    if ((await permission())?.state === 'denied') this.state = 'refused';
    else await this.ask();
  }

  #gone(state: MicrophoneState): void {
    this.#rest();
    this.state = state;
  }

  #rest(): void {
    this.#meter.rest();
    this.#raw?.getTracks().forEach((track) => track.stop());
    this.#sent?.stop();
    [this.#raw, this.#sent] = [null, null];
  }

  #watch(): void {
    if (this.#watched) return;
    this.#watched = true;
    navigator.mediaDevices.addEventListener('devicechange', this.#changed);
  }

  /** One was plugged in or pulled out. The chosen one is taken again as soon as it is back. */
  readonly #changed = async () => {
    await this.#look();
    const back = this.deviceGone && this.microphones.some((one) => one.id === this.device);
    if (back || this.state === 'none') await this.ask();
  };

  async #look(): Promise<void> {
    try {
      const all = await navigator.mediaDevices.enumerateDevices();
      const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind && one.label && !['default', 'communications', ''].includes(one.deviceId));
      this.microphones = of('audioinput').map(named);
      this.speakers = of('audiooutput').map(named);
    } catch {
      [this.microphones, this.speakers] = [[], []];
    }
  }
}

const named = ({ deviceId, label }: MediaDeviceInfo): Named => ({ id: deviceId, label });

/** Nothing where the browser does not tell. */
async function permission(): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: 'microphone' as PermissionName });
  } catch {
    return null;
  }
}

async function reason(failure: unknown): Promise<MicrophoneState> {
  switch ((failure as DOMException)?.name) {
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      // Shut without an answer, it can be asked again.
      return (await permission())?.state === 'prompt' ? 'unasked' : 'refused';
  }
}
