// One record while it is written: on this computer at every keystroke, on the server soon after.
// Rules: typed text is never lost; a form that nobody touched is never stored over a stored draft;
// what was changed elsewhere is joined with what was typed here, or both are shown.

import { ApiRefused } from '../api';
import type { DraftBody, StoredDraft } from '../wire';
import { both, merge, sameRecord, take, type Field } from './merge';
import { flat } from './parts_of_draft';
import type { Shelf } from './shelf';

export type DraftApi = {
  read(call: string): Promise<StoredDraft | null>;
  write(call: string, body: DraftBody, over: number): Promise<StoredDraft>;
};

/** Where the last keystroke is. `nowhere`: nothing was typed. */
export type Kept =
  | { where: 'nowhere' }
  | { where: 'here'; at: number; failing: boolean }
  | { where: 'memory'; at: number }
  | { where: 'server'; at: number };

export type Clash = { theirs: StoredDraft; fields: Field[] };

const typingPauseMs = 600;
/** Even without a pause the server is at most this far behind. */
const behindMaxMs = 2_500;
const retryMs = [1_000, 2_000, 4_000, 8_000, 15_000];

const nothing: StoredDraft = { version: 0, body: {} };

export class Keeper {
  body = $state<DraftBody>({});
  kept = $state<Kept>({ where: 'nowhere' });
  clash = $state<Clash | null>(null);
  /** The server has a confirmed record, or knows nothing of the call: nothing can be stored any more. */
  closed = $state<'recorded' | 'gone' | null>(null);
  /** The stored draft, if any, was read or is known not to exist. */
  loaded = $state(false);
  /** Texts that lost a clash: shown under the form until the record is done. */
  aside = $state<string[]>([]);

  #base: DraftBody = {};
  #version = 0;
  #unsent = false;
  #sending: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #firstUnsentAt = 0;
  #failures = 0;

  constructor(
    readonly call: string,
    private readonly shelf: Shelf,
    private readonly api: DraftApi,
    known: StoredDraft | null = null,
  ) {
    const here = shelf.get(call);
    if (here) {
      this.body = { ...here.body };
      this.#base = here.base;
      this.#version = here.version;
      this.#unsent = here.unsent;
      this.aside = here.aside ?? [];
      this.kept = here.unsent ? { where: 'here', at: here.at, failing: false } : { where: 'server', at: here.at };
    }
    if (known) this.adopt(known);
  }

  /** Whether anything is in it at all. */
  get empty(): boolean {
    return sameRecord(this.body, {});
  }

  get unsent(): boolean {
    return this.#unsent;
  }

  /** Reads the stored draft and joins it with what is here; tries again until the server answers. */
  async load(): Promise<void> {
    try {
      const stored = await this.api.read(this.call);
      if (stored || !this.empty) this.#join(stored ?? nothing);
      this.loaded = true;
      if (this.#unsent) this.#sendSoon(0);
    } catch (failure) {
      if (this.#refused(failure)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.load(), this.#pause());
    }
  }

  /** A keystroke: kept here before this returns. */
  edit(change: DraftBody): void {
    this.body = { ...this.body, ...change };
    this.#keepHere();
    this.#sendSoon(typingPauseMs);
  }

  /** Takes in a version that the server has, whoever wrote it. */
  adopt(stored: StoredDraft): void {
    if (stored.version > this.#version || !this.loaded) this.#join(stored);
    this.loaded = true;
  }

  /** The server says that it has this version: read it, unless it is our own. */
  async heard(version: number): Promise<void> {
    while (this.#sending) await this.#sending;
    if (version > this.#version && !this.closed) await this.load();
  }

  /** Ends a clash: mine, theirs, or both texts where they are sentences. What loses goes aside. */
  resolve(choice: 'mine' | 'theirs' | 'both'): void {
    const clash = this.clash;
    if (!clash) return;
    const { body: joined } = merge(this.#base, this.body, clash.theirs.body);
    const body = choice === 'both' ? both(joined, clash.theirs.body, clash.fields) : joined;
    if (choice === 'theirs') clash.fields.forEach((field) => take(body, clash.theirs.body, field));
    const loser = choice === 'theirs' ? this.body : clash.theirs.body;
    const texts = clash.fields.map((field) => loser[field]).filter((value) => typeof value === 'string');
    const lost = texts.filter((text) => text && !kept(body, text));
    this.aside = [...this.aside, ...lost];
    this.clash = null;
    this.#settle(body, clash.theirs);
  }

  /** Sends what is unsent now. Resolves when the server has it or has refused it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#sending) await this.#sending;
    if (this.#unsent && !this.clash && !this.closed) {
      this.#sending = this.#send().finally(() => (this.#sending = null));
      await this.#sending;
    }
  }

  /** The record is confirmed or closed: nothing is kept here any more. */
  done(): void {
    clearTimeout(this.#timer);
    this.closed = 'recorded';
    this.#unsent = false;
    this.shelf.remove(this.call);
  }

  /** Stops its timers; the text stays on the shelf. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  #join(told: StoredDraft): void {
    const stored = { ...told, body: flat(told.body) };
    // A server that went back to an older version (a restored backup) must not undo what is here.
    const base = stored.version < this.#version ? stored.body : this.#base;
    const { body, clashes } = merge(base, this.body, stored.body);
    if (clashes.length > 0) this.clash = { theirs: stored, fields: clashes };
    else this.#settle(body, stored);
  }

  #settle(body: DraftBody, stored: StoredDraft): void {
    this.body = body;
    this.#base = { ...stored.body };
    this.#version = stored.version;
    this.#unsent = false;
    if (!sameRecord(body, stored.body)) {
      this.#keepHere();
      this.#sendSoon(typingPauseMs);
      return;
    }
    const at = stored.saved_at ? Date.parse(stored.saved_at) : Date.now();
    this.kept = { where: 'server', at };
    this.#shelve(at);
  }

  #keepHere(): void {
    if (!this.#unsent) this.#firstUnsentAt = Date.now();
    this.#unsent = true;
    const at = Date.now();
    this.kept = this.#shelve(at) ? { where: 'here', at, failing: this.#failures > 0 } : { where: 'memory', at };
  }

  #shelve(at: number): boolean {
    return this.shelf.put(this.call, {
      body: $state.snapshot(this.body) as DraftBody,
      version: this.#version,
      base: this.#base,
      unsent: this.#unsent,
      aside: $state.snapshot(this.aside) as string[],
      at,
    });
  }

  #sendSoon(pause: number): void {
    // Before the stored draft is known, a write could only be refused.
    if (!this.loaded || this.clash || this.closed) return;
    clearTimeout(this.#timer);
    const behind = Date.now() - this.#firstUnsentAt;
    this.#timer = setTimeout(() => void this.flush(), Math.max(0, Math.min(pause, behindMaxMs - behind)));
  }

  async #send(): Promise<void> {
    const sent = $state.snapshot(this.body) as DraftBody;
    try {
      const stored = await this.api.write(this.call, sent, this.#version);
      this.#failures = 0;
      this.#settle(this.body, { ...stored, body: sent });
    } catch (failure) {
      if (this.#refused(failure)) return;
      if (failure instanceof ApiRefused && failure.code === 'stale_draft') this.#join(failure.problem.current ?? nothing);
      else this.#later();
    }
  }

  #refused(failure: unknown): boolean {
    if (!(failure instanceof ApiRefused)) return false;
    if (failure.code === 'already_recorded') this.closed = 'recorded';
    else if (['no_such_call', 'not_yours'].includes(failure.code)) this.closed = 'gone';
    else return false;
    return true;
  }

  #later(): void {
    const pause = this.#pause();
    if (this.kept.where === 'here') this.kept = { ...this.kept, failing: true };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pause);
  }

  #pause(): number {
    this.#failures += 1;
    return retryMs[Math.min(this.#failures, retryMs.length) - 1]!;
  }
}

function kept(body: DraftBody, text: string): boolean {
  return Object.values(body).some((value) => typeof value === 'string' && value.includes(text));
}
