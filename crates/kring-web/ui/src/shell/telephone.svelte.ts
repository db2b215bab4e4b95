// Which telephone this person has, and what is wrong with it. One in the page is loaded for those who have it.

import type { Phone } from '../phone/phone.svelte';
import type { Me, PhoneSaid } from '../wire';
import { pageClock } from './clock.svelte';
import type { Lack } from './readiness.svelte';

/** `gone`: a phone on the desk is not registered. The others are of the phone in the page. */
export type PhoneTrouble = 'gone' | 'line' | 'taken' | 'refused' | 'microphone' | 'locked';

/** A line that is opened anew within this is no trouble. */
const hiccupMs = 700;

export class Telephone {
  /** The one in the page, as soon as it is loaded. */
  phone = $state.raw<Phone | null>(null);
  #linked = false;
  #closed = false;

  constructor(
    private readonly me: Me,
    private readonly watching: boolean,
    private readonly say: (said: PhoneSaid) => void,
  ) {}

  /** One of them is in the page. */
  get here(): boolean {
    return this.me.devices?.includes('browser') ?? this.me.device === 'browser';
  }

  /** And there is no other. */
  get onlyHere(): boolean {
    const { devices } = this.me;
    return devices?.length ? devices.every((device) => device === 'browser') : this.here;
  }

  get lacks(): Lack[] {
    const lack = this.phone ? this.phone.lack : 'line';
    return lack ? [lack] : [];
  }

  /** What the page has checked by itself. */
  get lights(): Record<string, boolean> {
    return this.phone ? { microphone: this.phone.microphone.state === 'open' } : {};
  }

  /** `there`: whether the server sees a phone that can be rung, as far as it was asked. */
  trouble(there: boolean | undefined): PhoneTrouble | null {
    const { phone } = this;
    if (!this.here) return there === false && this.me.device ? 'gone' : null;
    // Another one is on the desk, and the call is there.
    if (!phone || (!this.onlyHere && phone.call === 'idle')) return null;
    if (phone.line === 'taken' || phone.line === 'refused') return phone.line;
    if (phone.microphone.state === 'asking') return null;
    if (phone.lack === 'line') return pageClock.now - phone.lineSince > hiccupMs ? 'line' : null;
    return phone.lack ?? (phone.locked ? 'locked' : null);
  }

  /** Loads it. What fails is tried again with the next line; until then the lights say what is missing. */
  open(): void {
    if (this.here && !this.watching && !this.phone) void this.#load().catch(() => {});
  }

  linked(up: boolean): void {
    this.#linked = up;
    this.phone?.linked(up);
    if (up) this.open();
  }

  /** `say`: the server is told that nothing rings here; else another page takes over what there is, also in a call. */
  close(say: boolean): void {
    this.#closed = true;
    this.phone?.close(say);
    this.phone = null;
  }

  async #load(): Promise<void> {
    const [{ Phone }] = await Promise.all([import('../phone/phone.svelte'), import('../phone/PhoneBanner.svelte')]);
    if (this.#closed || this.phone) return;
    this.phone = new Phone(this.me, this.say);
    this.phone.linked(this.#linked);
    await this.phone.begin();
  }
}
