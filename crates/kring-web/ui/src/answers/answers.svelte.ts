// What an agent looks up during a call: what was typed, what was found, what is read and what is attached.
// Rule: it outlives the pane, so that a transfer in between takes nothing away.

import { ApiRefused } from '../api';
import { Loaded } from '../live/loaded.svelte';
import { refusalSaid } from '../text/words';
import * as rest from './api';
import type { Attached, Hit, Source } from './wire';

export type Shown = { hits: Hit[]; by: 'typed' | 'subject' | 'unit' | 'newest'; total: number };
/** What the record says, as far as it is written. */
export type About = { call: string | null; subject: string; unit: string | null };

const pauseMs = 250;
/** A subject of one or two letters fits everything. */
const subjectCharsMin = 4;

const asHit = (source: Source): Hit => ({ source, title: [{ text: source.title, hit: false }], snippet: [] });

export class Answers {
  typed = $state('');
  reading = $state.raw<Loaded<Source> | null>(null);
  attached = $state.raw<Attached[]>([]);
  busy = $state<string | null>(null);
  failure = $state<string | null>(null);
  /** The question that was noted as one without an answer. */
  noted = $state<string | null>(null);
  readonly found: Loaded<Shown>;
  #about: About = { call: null, subject: '', unit: null };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.found = new Loaded(() => this.#find());
    void this.found.read();
  }

  /** The record is another one, or says something else. */
  about(now: About, typing: boolean): void {
    const before = this.#about;
    if (now.call === before.call && now.subject === before.subject && now.unit === before.unit) return;
    this.#about = now;
    if (now.call !== before.call) {
      this.attached = [];
      this.failure = null;
      this.noted = null;
      if (!typing && now.call !== null) {
        this.typed = '';
        this.reading = null;
      }
      void this.#readAttached();
    }
    if (!this.typed.trim()) this.#soon();
  }

  type(text: string): void {
    this.typed = text;
    this.noted = null;
    this.#soon();
  }

  open(id: string): void {
    const reading = new Loaded(() => rest.source(id));
    this.reading = reading;
    void reading.read();
  }

  close(): void {
    this.reading = null;
  }

  isAttached(id: string): boolean {
    return this.attached.some((one) => one.source.id === id);
  }

  async attach(id: string): Promise<void> {
    const { call } = this.#about;
    if (call) await this.#ask(id, async () => (this.attached = (await rest.attach(call, id)).items));
  }

  async detach(id: string): Promise<void> {
    const { call } = this.#about;
    if (!call) return;
    await this.#ask(id, async () => {
      await rest.detach(call, id);
      this.attached = this.attached.filter((one) => one.source.id !== id);
    });
  }

  async noteGap(): Promise<void> {
    const question = this.typed.trim();
    if (!question) return;
    await this.#ask('gap', async () => {
      await rest.noteGap(question, this.#about.call);
      this.noted = question;
    });
  }

  async #ask(what: string, act: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = what;
    this.failure = null;
    try {
      await act();
    } catch (failure) {
      this.failure = refusalSaid(failure);
    } finally {
      this.busy = null;
    }
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.found.read(), pauseMs);
  }

  async #find(): Promise<Shown> {
    const { subject, unit } = this.#about;
    const typed = this.typed.trim();
    if (typed) return this.#search(typed, 'typed');
    if (subject.trim().length >= subjectCharsMin) {
      const fitting = await this.#search(subject.trim(), 'subject');
      if (fitting.hits.length > 0) return fitting;
    }
    const newest = await rest.newest(unit);
    if (newest.length > 0 || !unit) return { hits: newest.map(asHit), by: unit ? 'unit' : 'newest', total: newest.length };
    const any = await rest.newest(null);
    return { hits: any.map(asHit), by: 'newest', total: any.length };
  }

  async #search(q: string, by: 'typed' | 'subject'): Promise<Shown> {
    const found = await rest.search(q, this.#about.unit);
    return { hits: found.items, by, total: found.total };
  }

  async #readAttached(): Promise<void> {
    const { call } = this.#about;
    if (!call) return;
    try {
      const attached = await rest.attached(call);
      if (this.#about.call === call) this.attached = attached;
    } catch (failure) {
      // A call that only rings here has nothing yet.
      if (!(failure instanceof ApiRefused)) this.failure = refusalSaid(failure);
    }
  }
}
