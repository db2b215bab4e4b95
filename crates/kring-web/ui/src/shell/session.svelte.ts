// Who is signed in on this page, if anybody.

import * as rest from '../api';
import { ApiRefused } from '../api';
import type { SessionEnd } from '../live/stream';
import { Console } from './console.svelte';

export type Session =
  | { state: 'checking' }
  | { state: 'unreachable' }
  /** `ended`: somebody was signed in on this page, and how the session ended without their doing. */
  | { state: 'out'; ended: SessionEnd | null }
  | { state: 'in'; console: Console };

class SessionHolder {
  now = $state.raw<Session>({ state: 'checking' });
  /** Names this page in the server's log; a reload is another page. */
  readonly #clientId = rest.newKey();

  async check(): Promise<void> {
    try {
      this.#enter(await rest.me());
    } catch (failure) {
      this.now = failure instanceof ApiRefused ? { state: 'out', ended: replaced(failure) } : { state: 'unreachable' };
    }
  }

  async signIn(login: string, password: string, takeOver = false): Promise<void> {
    await rest.signIn(login, password, takeOver);
    this.#enter(await rest.me());
  }

  #enter(me: Awaited<ReturnType<typeof rest.me>>): void {
    const console = new Console(me, this.#clientId, (ended) => {
      this.now = { state: 'out', ended };
    });
    this.now = { state: 'in', console };
    console.start();
  }
}

/** A page that is opened again after its session was taken over says so, too. */
const replaced = (refused: ApiRefused) => (refused.code === 'session_replaced' ? ('replaced' as const) : null);

export const session = new SessionHolder();
