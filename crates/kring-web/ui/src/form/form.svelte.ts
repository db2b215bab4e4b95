// A form of any place but the call's record: what was typed stays on this computer until it is saved or thrown
// away on purpose, and what the server refuses stands at its field.

import { ApiRefused } from '../api';
import { text } from '../text/text.svelte';
import { refusalSaid } from '../text/words';

const prefix = 'kring.form.';
/** Forms of one person that are kept at most; the oldest go first. */
const keptMax = 50;

type Kept<T> = { at: number; body: T; base: T };

export class Form<T extends Record<string, unknown>> {
  body = $state<T>({} as T);
  busy = $state(false);
  /** Why it was not saved, where no field is to blame. */
  failure = $state<string | null>(null);
  /** By the names of the fields. */
  errors = $state.raw<Record<string, string>>({});
  /** It was typed before and not saved: shown as it was left. */
  restored = $state(false);
  #base: T;
  readonly #key: string;

  /** `key` says whose and which form: `cases/RY-1`. `base`: what is stored. */
  constructor(key: string, base: T) {
    this.#key = prefix + key;
    this.#base = structuredClone(base);
    const kept = this.#kept();
    this.body = { ...structuredClone(base), ...(kept ? typed(kept) : {}) };
    this.restored = kept !== null && this.dirty;
  }

  /** Whether anything differs from what is stored. */
  get dirty(): boolean {
    return JSON.stringify($state.snapshot(this.body)) !== JSON.stringify(this.#base);
  }

  /** What differs, for a PATCH. */
  get changes(): Partial<T> {
    const now = $state.snapshot(this.body) as T;
    return Object.fromEntries((Object.keys(now) as (keyof T)[]).filter((name) => differ(now[name], this.#base[name])).map((name) => [name, now[name]])) as Partial<T>;
  }

  /** Changes fields, and keeps what was typed. */
  edit(changes: Partial<T>): void {
    Object.assign(this.body, changes);
    const names = Object.keys(changes);
    if (names.some((name) => name in this.errors)) {
      this.errors = Object.fromEntries(Object.entries(this.errors).filter(([name]) => !names.includes(name)));
    }
    this.keep();
  }

  /** Writes it to this computer; for whoever binds to `body` and calls this in `oninput`. */
  keep(): void {
    try {
      if (this.dirty) localStorage.setItem(this.#key, JSON.stringify({ at: Date.now(), body: $state.snapshot(this.body), base: this.#base }));
      else localStorage.removeItem(this.#key);
    } catch {
      // Storage that is refused or full: the form is still on the screen.
    }
  }

  /** Saves; the answer is what is stored from then on where `stored` tells it. True when it was saved. */
  async save<R>(send: () => Promise<R>, stored?: (answer: R) => T): Promise<R | null> {
    if (this.busy) return null;
    this.busy = true;
    this.failure = null;
    this.errors = {};
    try {
      const answer = await send();
      this.reset(stored ? stored(answer) : ($state.snapshot(this.body) as T));
      return answer;
    } catch (failure) {
      this.#refused(failure);
      return null;
    } finally {
      this.busy = false;
    }
  }

  /**
   * What is stored has become another: fields that were not touched follow it, those that were stay as typed.
   * The names of those that both have changed, for the person to choose.
   */
  rebase(stored: T): (keyof T & string)[] {
    const touched = this.changes;
    const both = (Object.keys(touched) as (keyof T & string)[]).filter(
      (name) => differ(stored[name], this.#base[name]) && differ(stored[name], touched[name]),
    );
    this.#base = structuredClone(stored);
    this.body = { ...structuredClone(stored), ...touched };
    this.failure = null;
    this.keep();
    return both;
  }

  /** As it is stored; what was typed goes. */
  reset(base: T = this.#base): void {
    this.#base = structuredClone(base);
    this.body = structuredClone(base);
    this.errors = {};
    this.failure = null;
    this.restored = false;
    try {
      localStorage.removeItem(this.#key);
    } catch {
      // Refused storage holds nothing either.
    }
  }

  #refused(failure: unknown): void {
    const said = text.lang === 'th' ? 'text_th' : 'text_en';
    const errors = failure instanceof ApiRefused ? (failure.problem.errors ?? []) : [];
    const fields = failure instanceof ApiRefused ? Object.entries(failure.problem.fields ?? {}) : [];
    this.errors = Object.fromEntries([...fields.map(([name, words]) => [name, words[text.lang]]), ...errors.map((error) => [error.field, error[said]])]);
    if ('' in this.errors) this.failure = this.errors[''] ?? null;
    const field = failure instanceof ApiRefused ? failure.problem.field : undefined;
    if (field && !(field in this.errors)) this.errors = { ...this.errors, [field]: refusalSaid(failure) };
    if (Object.keys(this.errors).length === 0) this.failure = refusalSaid(failure);
  }

  #kept(): Kept<T> | null {
    try {
      tidy();
      const text = localStorage.getItem(this.#key);
      return text ? (JSON.parse(text) as Kept<T>) : null;
    } catch {
      return null;
    }
  }
}

const differ = (one: unknown, other: unknown) => JSON.stringify(one) !== JSON.stringify(other);

/** What was typed over that which was stored then: the rest may be another since. */
function typed<T extends Record<string, unknown>>({ body, base }: Kept<T>): Partial<T> {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => differ(value, base[name]))) as Partial<T>;
}

function tidy(): void {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  if (keys.length <= keptMax) return;
  const at = (key: string) => (JSON.parse(localStorage.getItem(key) ?? '{"at":0}') as { at: number }).at;
  keys.sort((a, b) => at(b) - at(a));
  keys.slice(keptMax).forEach((key) => localStorage.removeItem(key));
}
