// Which units are open now: asked one after the other, and again each minute while somebody looks.

import { standing } from './api';
import type { UnitStanding } from './wire';

const again = 60_000;

export class Standings {
  #known = $state.raw<ReadonlyMap<string, UnitStanding>>(new Map());
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  of(id: string): UnitStanding | undefined {
    return this.#known.get(id);
  }

  /** Returns what ends it. */
  follow(ids: string[]): () => void {
    this.#over = false;
    void this.#turn(ids);
    return () => {
      this.#over = true;
      clearTimeout(this.#timer);
    };
  }

  async #turn(ids: string[]): Promise<void> {
    for (const id of ids) {
      if (this.#over || document.visibilityState !== 'visible') break;
      try {
        this.#known = new Map(this.#known).set(id, await standing(id));
      } catch {
        // What was known stays; a unit that was never told says so.
      }
    }
    if (!this.#over) this.#timer = setTimeout(() => void this.#turn(ids), again);
  }
}
