// Who is signed in on this page, if anybody.

import * as rest from '../api';
import { ApiRefused } from '../api';
import { Console } from './console.svelte';

export type Session =
  | { state: 'checking' }
  | { state: 'unreachable' }
  /** `lapsed`: somebody was signed in on this page and the session ended by itself. */
  | { state: 'out'; lapsed: boolean }
  | { state: 'in'; console: Console };

class SessionHolder {
  now = $state.raw<Session>({ state: 'checking' });
  /** Names this page in the server's log; a reload is another page. */
  readonly #clientId = rest.newKey();

  async check(): Promise<void> {
    try {
      this.#enter(await rest.me());
    } catch (failure) {
      this.now = failure instanceof ApiRefused ? { state: 'out', lapsed: false } : { state: 'unreachable' };
    }
  }

  async signIn(login: string, password: string): Promise<void> {
    await rest.signIn(login, password);
    this.#enter(await rest.me());
  }

  #enter(me: Awaited<ReturnType<typeof rest.me>>): void {
    const console = new Console(me, this.#clientId, (byChoice) => {
      this.now = { state: 'out', lapsed: !byChoice };
    });
    this.now = { state: 'in', console };
    console.start();
  }
}

export const session = new SessionHolder();
