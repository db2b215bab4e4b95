// The numbers behind the cases of a list, read a few at a time, and calling them back.

import { read } from '../api';
import { thaiNumber } from '../format/number';
import { announcer } from '../shell/announce.svelte';
import { callBack, caseById } from './api';
import { callRefused } from './said';
import { words } from './words';

/** A list of today that is longer shows the rest without numbers. */
const readMax = 40;

export class CallNumbers {
  #known = $state.raw<ReadonlyMap<string, string | null>>(new Map());
  calling = $state<string | null>(null);
  said = $state<string | null>(null);
  refused = $state(false);
  #reading = new Set<string>();

  /** Null: there is none; undefined: not known yet. */
  of(case_id: string): string | null | undefined {
    return this.#known.get(case_id);
  }

  async read(cases: string[]): Promise<void> {
    const fresh = [...new Set(cases)].filter((id) => !this.#known.has(id) && !this.#reading.has(id)).slice(0, readMax);
    fresh.forEach((id) => this.#reading.add(id));
    for (const id of fresh) {
      const number = await this.#numberOf(id);
      this.#known = new Map(this.#known).set(id, number);
      this.#reading.delete(id);
    }
  }

  async #numberOf(id: string): Promise<string | null> {
    try {
      const one = await caseById(id);
      if (one.number || !one.contact_id) return one.number;
      const person = await read<{ numbers: { canonical: string }[] }>(`/contacts/${one.contact_id}`);
      return person.numbers[0]?.canonical ?? null;
    } catch {
      return null;
    }
  }

  async call(case_id: string): Promise<void> {
    const number = this.of(case_id);
    if (!number || this.calling) return;
    this.calling = case_id;
    this.said = null;
    try {
      await callBack(number, case_id);
      this.refused = false;
      this.said = words.t.called(thaiNumber(number));
    } catch (failure) {
      this.refused = true;
      this.said = callRefused(failure);
    }
    announcer.say(this.said);
    this.calling = null;
  }
}
