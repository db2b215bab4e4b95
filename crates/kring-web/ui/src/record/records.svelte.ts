// The records of this desk: one keeper for each call, and which of them is on the screen.
// Rules: a new call never takes the place of a record that is being written; keystrokes never land
// in another call's record than the one that was on the screen when the key went down.

import * as rest from '../api';
import type { Call, Caller } from '../live/desk';
import type { CallerCard, CallerNumber, StoredDraft, Unfinished } from '../wire';
import { Keeper } from './keeper.svelte';
import { Shelf } from './shelf';

export class OpenRecord {
  card = $state.raw<CallerCard>({ candidates: [], history: [], looked_up: false });

  constructor(
    readonly call: string,
    readonly number: CallerNumber | null,
    readonly keeper: Keeper,
  ) {}
}

/** Keepers held at once; more than any list of unfinished records that a person works on. */
const keepersMax = 200;

export class Records {
  /** The record in the form. */
  shown = $state.raw<OpenRecord | null>(null);
  /** Set when the form must take the focus because the one that had it went. */
  takeFocus = $state(false);

  readonly #shelf: Shelf;
  readonly #open = new Map<string, OpenRecord>();
  readonly #api = { read: rest.readDraft, write: rest.writeDraft };

  /** `writing` says whether the focus is in the form. `watching`: another tab writes, this one only reads. */
  constructor(
    login: string,
    private readonly writing: () => boolean,
    watching = false,
  ) {
    this.#shelf = new Shelf(login, watching ? 'apart' : 'shared');
    this.#shelf.tidy();
  }

  /** Sends what a crash or a closed tab left on this computer. */
  rescue(): void {
    for (const call of this.#shelf.unsent().slice(0, keepersMax)) this.#record(call, null, null);
  }

  /** The call rings here: its record is made, and shown when no other is being written. */
  rings(call: Call): void {
    const record = this.#record(call.id, call.number, call.draft, 'idle');
    record.card = call.card;
    this.shown ??= record;
  }

  /** The call is ours now. `asked` when the agent answered on this page rather than by the handset. */
  answered(call: Call, asked: boolean): void {
    const record = this.#record(call.id, call.number, call.draft);
    record.card = call.card;
    if (this.shown === record) return;
    const writing = this.shown !== null && this.writing();
    if (writing && !asked) return;
    this.shown = record;
    this.takeFocus = writing;
  }

  /** What is known of the caller came, or a newer draft did. */
  told(caller: Caller): void {
    const record = this.#open.get(caller.id);
    if (!record) return;
    record.card = caller.card;
    if (caller.draft) record.keeper.adopt(caller.draft);
  }

  /** The caller is at this extension now. The number is a fact; what the agent chose besides stays. */
  transferred(call: string, extension: string, departmentId: string | null): void {
    const keeper = this.#open.get(call)?.keeper;
    if (!keeper || keeper.closed) return;
    const { department_id, resolution } = keeper.body;
    const unit = !department_id && departmentId ? { department_id: departmentId } : {};
    keeper.edit({ extension, ...unit, ...(resolution ? {} : { resolution: 'transferred' }) });
  }

  /** The call rang and went: an untouched form of it goes too. */
  went(call: string): void {
    const record = this.#open.get(call);
    if (!record?.keeper.empty) return;
    record.keeper.rest();
    this.#open.delete(call);
    if (this.shown === record) this.shown = null;
  }

  /** The agent opens a record from the list. */
  async show(row: Unfinished): Promise<void> {
    const record = this.#record(row.call, row.number ?? null, row.draft ?? null);
    this.shown = record;
    this.takeFocus = true;
    if (!row.number || record.card.looked_up) return;
    try {
      record.card = { looked_up: true, ...(await rest.lookUp(row.number.canonical)) };
    } catch {
      // Without a card the record asks for the name, as for a new caller.
      record.card = { candidates: row.contact ? [row.contact] : [], history: [], looked_up: true };
    }
  }

  /** The agent goes to the record of the present call. */
  showCall(call: Call): void {
    this.shown = this.#record(call.id, call.number, call.draft);
    this.takeFocus = true;
  }

  close(): void {
    this.shown = null;
  }

  heard(call: string, version: number): void {
    void this.#open.get(call)?.keeper.heard(version);
  }

  /** The record is confirmed, or closed without a case. */
  done(call: string): void {
    const record = this.#open.get(call);
    if (!record) return;
    record.keeper.done();
    this.#open.delete(call);
    if (this.shown === record) this.shown = null;
  }

  /** Confirmed by another tab: what was typed here and not sent stays to be read. */
  doneElsewhere(call: string): void {
    const record = this.#open.get(call);
    if (record?.keeper.unsent) record.keeper.closed = 'recorded';
    else this.done(call);
  }

  /** Sends all that is unsent, now. */
  async flush(): Promise<void> {
    await Promise.all([...this.#open.values()].map((record) => record.keeper.flush()));
  }

  /** Signed out by choice: what the server has too leaves this computer. */
  clear(): void {
    this.#shelf.clear();
  }

  /** The same person is signed in again: what waits on this computer goes out. */
  resume(): void {
    for (const { keeper } of this.#open.values()) {
      if (keeper.loaded) void keeper.flush();
      else void keeper.load();
    }
  }

  /** Nobody is signed in any more: nothing is sent; what is unsent waits on this computer. */
  rest(): void {
    this.#open.forEach((record) => record.keeper.rest());
  }

  /** `idle`: the call only rings, and the server has no draft of it to read. */
  #record(call: string, number: CallerNumber | null, draft: StoredDraft | null, load: 'load' | 'idle' = 'load'): OpenRecord {
    const known = this.#open.get(call);
    if (known && load === 'load' && !known.keeper.loaded) void known.keeper.load();
    if (known && (known.number || !number)) return known;
    // A record that was only rescued learns its number when it is opened; its keeper goes on.
    const keeper = known?.keeper ?? new Keeper(call, this.#shelf, this.#api, draft);
    const record = new OpenRecord(call, number, keeper);
    if (!known && load === 'load') void keeper.load();
    this.#open.set(call, record);
    this.#forgetIdle();
    return record;
  }

  #forgetIdle(): void {
    if (this.#open.size <= keepersMax) return;
    for (const [call, record] of this.#open) {
      if (record === this.shown || record.keeper.unsent || record.keeper.clash) continue;
      record.keeper.rest();
      this.#open.delete(call);
      return;
    }
  }
}
