// Who is signed in on this page, if anybody.
// Rule: a session that ends by itself takes nothing away: the same person goes on where they were.

import * as rest from '../api';
import { ApiRefused } from '../api';
import type { SessionEnd } from '../live/stream';
import type { Me } from '../wire';
import { Console } from './console.svelte';
import { takesCalls } from './places';
import { Tabs } from './tabs';

export type Session =
  | { state: 'checking' }
  | { state: 'unreachable' }
  /** Nobody has an account yet: the house is to be set up. */
  | { state: 'setup' }
  /** `ended`: somebody was signed in on this page, and how the session ended without their doing. */
  | { state: 'out'; ended: SessionEnd | null }
  /** Signed in, but a password of one's own is to be chosen first. `old`: the one that was just typed. */
  | { state: 'change'; login: string; old: string }
  /** `ended`: the session is over, and the page with all that was typed stays behind the sign-in. */
  | { state: 'in'; console: Console; ended: SessionEnd | null };

const againAfterMs = 10_000;

class SessionHolder {
  now = $state.raw<Session>({ state: 'checking' });
  /** Names this page in the server's log; a reload is another page. */
  readonly #clientId = rest.newKey();
  readonly #tabs = new Tabs(this.#clientId);
  #looked = -againAfterMs;

  constructor() {
    this.#tabs.listen({
      yield: async () => {
        if (this.now.state !== 'in' || this.now.ended) return;
        await Promise.race([this.now.console.records.flush(), new Promise((done) => setTimeout(done, 1_000))]);
        this.#show(this.now.console.me, true);
      },
      alone: () => {
        if (this.now.state === 'in' && !this.now.ended) this.#show(this.now.console.me, false);
      },
      signedIn: (login) => void this.#other(login),
    });
  }

  async check(): Promise<void> {
    try {
      const [me, watching] = await Promise.all([rest.me(), this.#tabs.othersWork()]);
      this.#enter(me, '', watching);
    } catch (failure) {
      if (!(failure instanceof ApiRefused)) this.now = { state: 'unreachable' };
      else this.now = (await rest.setupNeeded()) ? { state: 'setup' } : { state: 'out', ended: replaced(failure) };
    }
  }

  async signIn(login: string, password: string, takeOver = false): Promise<void> {
    await rest.signIn(login, password, takeOver);
    const me = await rest.me();
    this.#tabs.tellSignedIn(me.login);
    this.#enter(me, password, await this.#tabs.othersWork());
  }

  /** Everybody is signed out by it: here they sign in again with the new one. */
  async changePassword(login: string, old: string, fresh: string): Promise<void> {
    await rest.changePassword(old, fresh);
    await this.signIn(login, fresh);
  }

  /** This tab works from now on, and the other one watches. */
  async takeOver(): Promise<void> {
    await this.#tabs.take();
    if (this.now.state === 'in' && !this.now.ended) this.#show(this.now.console.me, false);
  }

  /** `others`: another tab of this browser works. Whoever takes no calls works in as many as they like. */
  #enter(me: Me, typed: string, others: boolean): void {
    const watching = others && takesCalls(me);
    if (me.must_change) {
      this.now = { state: 'change', login: me.login, old: typed };
      return;
    }
    const before = this.now;
    if (before.state === 'in' && before.ended && before.console.me.login === me.login && before.console.watching === watching) {
      this.now = { ...before, ended: null };
      this.#role(watching);
      before.console.resume();
    } else this.#show(me, watching);
  }

  /** A page of its own: a person's text comes from this computer and from the server, never from another's page. */
  #show(me: Me, watching: boolean): void {
    if (this.now.state === 'in') this.now.console.leave();
    const console = new Console(me, this.#clientId, watching, (ended) => {
      this.#tabs.rest();
      this.now = ended && this.now.state === 'in' ? { ...this.now, ended } : { state: 'out', ended };
      if (ended) void this.#stillIn(me.login);
    });
    this.now = { state: 'in', console, ended: null };
    this.#role(watching);
    console.start();
  }

  #role(watching: boolean): void {
    if (watching) this.#tabs.watch();
    else this.#tabs.work();
  }

  /** The person may have signed in anew by another tab: then there is nothing to ask. Looked at once in a while. */
  async #stillIn(login: string): Promise<void> {
    if (performance.now() - this.#looked < againAfterMs) return;
    this.#looked = performance.now();
    try {
      const me = await rest.me();
      if (me.login === login && this.now.state === 'in' && this.now.ended) this.#enter(me, '', await this.#tabs.othersWork());
    } catch {
      // Nobody is: the sign-in stays.
    }
  }

  /** Another tab has signed in: this page goes on with its person, and ends with another's. */
  async #other(login: string): Promise<void> {
    const { now } = this;
    if (now.state === 'out' || (now.state === 'in' && now.ended && now.console.me.login === login)) return void (await this.check());
    if (now.state === 'in' && !now.ended && now.console.me.login !== login) now.console.end('lapsed');
  }
}

/** A page that is opened again after its session was taken over says so, too. */
const replaced = (refused: ApiRefused) => (refused.code === 'session_replaced' ? ('replaced' as const) : null);

export const session = new SessionHolder();
