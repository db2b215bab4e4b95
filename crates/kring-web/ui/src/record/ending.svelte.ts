// How a record ends: confirmed as a case, or closed without one.
// Rule: a record that was not taken stays in the form; asking again never makes a second case.

import * as rest from '../api';
import { ApiRefused } from '../api';
import { text } from '../text/text.svelte';
import { refusalSaid } from '../text/words';
import type { ConfirmedCase, NoCaseReason, RecordBody } from '../wire';

export class Ending {
  busy = $state(false);
  /** Why it did not end. */
  refused = $state<string | null>(null);
  /** What the server found wrong, by field. */
  errors = $state<Record<string, string>>({});
  /** The same record asked again has the same key. */
  #key = '';
  #keyOf = '';

  constructor(
    private readonly call: string,
    /** `made`: the case, when there is one. */
    private readonly ended: (words: string, made: ConfirmedCase | null) => void,
    /** Somebody was faster. */
    private readonly recorded: () => void,
  ) {}

  /** `then` adds what belongs to the case, and says in words what became of it. */
  confirm(body: RecordBody, then: (made: ConfirmedCase) => Promise<string>): Promise<void> {
    const record = JSON.stringify(body);
    if (record !== this.#keyOf) [this.#key, this.#keyOf] = [rest.newKey(), record];
    return this.#end(async () => {
      const made = await rest.confirm(this.call, body, this.#key);
      const words = made.ref ? text.t.confirmed(made.ref) : text.t.confirmedNoRef;
      const more = await then(made);
      return [more ? `${words} · ${more}` : words, made] as const;
    });
  }

  noCase(reason: NoCaseReason): Promise<void> {
    return this.#end(async () => {
      await rest.noCase(this.call, reason);
      return [text.t.noCaseDone, null] as const;
    });
  }

  async #end(act: () => Promise<readonly [string, ConfirmedCase | null]>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.refused = null;
    this.errors = {};
    try {
      this.ended(...(await act()));
    } catch (failure) {
      const refusal = failure instanceof ApiRefused;
      this.refused = refusal ? refusalSaid(failure) : text.t.confirmFailed;
      const wrong = refusal ? (failure.problem.errors ?? []) : [];
      this.errors = Object.fromEntries(wrong.map((e) => [e.field, text.lang === 'th' ? e.text_th : e.text_en]));
      // An answered refusal is final for this key; a silent server may have done it.
      if (refusal) this.#keyOf = '';
      if (refusal && failure.code === 'already_recorded') this.recorded();
    } finally {
      this.busy = false;
    }
  }
}
