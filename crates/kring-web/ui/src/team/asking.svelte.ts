// One thing that is asked of the server for somebody: it waits, and says what came of it.

import { announcer } from '../shell/announce.svelte';
import { refusalSaid } from '../text/words';

export class Asking {
  busy = $state(false);
  failure = $state<string | null>(null);
  /** What came of the last thing asked. */
  done = $state<string | null>(null);

  /** Asks; true when it was done. `said` words the answer. */
  async ask<T>(send: () => Promise<T>, said: (answer: T) => string): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.failure = null;
    try {
      this.done = said(await send());
      announcer.say(this.done);
      return true;
    } catch (failure) {
      this.failure = refusalSaid(failure);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Another question begins. */
  begin(): void {
    this.failure = null;
    this.done = null;
  }
}
