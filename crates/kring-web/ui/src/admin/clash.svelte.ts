// A change over a version: when somebody was faster, what is stored now is shown, and the person chooses.

import { ApiRefused } from '../api';

export class Clash<T> {
  /** What somebody else has stored meanwhile. */
  stored = $state.raw<T | null>(null);

  /** Sends; a refusal for a stale version reads what is stored, and is a refusal still. */
  async over<R>(send: () => Promise<R>, read: () => Promise<T>): Promise<R> {
    try {
      const answer = await send();
      this.stored = null;
      return answer;
    } catch (failure) {
      if (failure instanceof ApiRefused && failure.problem.status === 412) this.stored = await read();
      throw failure;
    }
  }

  settled(): void {
    this.stored = null;
  }
}
