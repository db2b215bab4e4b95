// Who is signed in on this page, if anybody.

import * as rest from '../api';
import { ApiRefused } from '../api';
import type { SessionEnd } from '../live/stream';
import { Console } from './console.svelte';

export type Session =
  | { state: 'checking' }
  | { state: 'unreachable' }
  /** Nobody has an account yet: the house is to be set up. */
  | { state: 'setup' }
  /** `ended`: somebody was signed in on this page, and how the session ended without their doing. */
  | { state: 'out'; ended: SessionEnd | null }
  /** Signed in, but a password of one's own is to be chosen first. `old`: the one that was just typed. */
  | { state: 'change'; login: string; old: string }
  | { state: 'in'; console: Console };

class SessionHolder {
  now = $state.raw<Session>({ state: 'checking' });
  /** Names this page in the server's log; a reload is another page. */
  readonly #clientId = rest.newKey();

  async check(): Promise<void> {
    try {
      this.#enter(await rest.me());
    } catch (failure) {
      if (!(failure instanceof ApiRefused)) this.now = { state: 'unreachable' };
      else this.now = (await rest.setupNeeded()) ? { state: 'setup' } : { state: 'out', ended: replaced(failure) };
    }
  }

  async signIn(login: string, password: string, takeOver = false): Promise<void> {
    await rest.signIn(login, password, takeOver);
    this.#enter(await rest.me(), password);
  }

  /** Everybody is signed out by it: here they sign in again with the new one. */
  async changePassword(login: string, old: string, fresh: string): Promise<void> {
    await rest.changePassword(old, fresh);
    await this.signIn(login, fresh);
  }

  #enter(me: Awaited<ReturnType<typeof rest.me>>, typed = ''): void {
    if (me.must_change) {
      this.now = { state: 'change', login: me.login, old: typed };
      return;
    }
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
