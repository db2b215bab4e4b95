// What every view of cases needs to know of the house: holidays, and the names behind logins. Read once.

import type { Me } from '../wire';
import { agents, holidays } from './api';
import type { AgentRow, Case } from './wire';

class Around {
  holidays = $state.raw<ReadonlySet<string>>(new Set());
  agents = $state.raw<AgentRow[]>([]);
  readonly names = $derived<ReadonlyMap<string, string>>(new Map(this.agents.map(({ login, name }) => [login, name])));
  #asked = false;

  /** Who may not read it goes without: logins stand for names then. */
  read(me: Me): void {
    if (this.#asked) return;
    this.#asked = true;
    this.agents = [{ login: me.login, name: me.name }];
    void holidays().then(({ items, configured }) => (this.holidays = new Set([...items.map(({ day }) => day), ...configured])), () => undefined);
    void agents().then((rows) => (this.agents = rows.some(({ login }) => login === me.login) ? rows : [...rows, ...this.agents]), () => undefined);
  }

  name(login: string): string {
    return this.names.get(login) ?? login;
  }
}

export const around = new Around();

const has = (me: Me, ...roles: string[]) => roles.some((role) => me.roles.includes(role));

/** Whoever writes in cases at all. */
export const writes = (me: Me) => has(me, 'agent', 'tip_officer', 'unit_officer', 'supervisor', 'admin');
/** Whoever may change this one, and not only add to it: agents change their own, officers of tips all tips. */
export function changes(me: Me, one: Case): boolean {
  if (!writes(me) || one.masked) return false;
  if (has(me, 'supervisor', 'admin', 'unit_officer')) return true;
  return one.agent === me.login || (has(me, 'tip_officer') && one.confidentiality === 'restricted');
}
/** Whoever sees the cases of others. */
export const seesAll = (me: Me) => has(me, 'supervisor', 'admin', 'unit_officer', 'dpo', 'auditor');
export const readsAudit = (me: Me) => has(me, 'admin', 'dpo', 'auditor');
export const readsTips = (me: Me) => has(me, 'tip_officer');
export const readsKnowledge = (me: Me) => !has(me, 'dpo') || has(me, 'admin');
export const callsBack = (me: Me) => Boolean(me.device) && has(me, 'agent', 'tip_officer', 'supervisor', 'admin');
