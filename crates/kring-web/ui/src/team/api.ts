// The team, by name.

import { act, readList, remove, send } from '../api';
import type { Agent, CallBack, Granted, Owed } from './wire';

export const agents = () => readList<Agent>('/agents');
export const force = (login: string, state: 'ready' | 'paused' | 'offline', reason?: string) =>
  send<Granted>(`/agents/${encodeURIComponent(login)}/presence`, reason === undefined ? { state } : { state, reason });
/** Ends every session of somebody: for administrators. */
export const signOut = (login: string) => remove(`/users/${encodeURIComponent(login)}/sessions`);
export const owed = () => readList<Owed>('/unfinished?agent=*');
export const handOver = (call: string, to: string) => act(`/unfinished/${encodeURIComponent(call)}/hand-over`, { to }).then(() => undefined);
export const callBacks = () => readList<CallBack>('/callbacks');
export const takeBack = (id: string) => remove(`/callbacks/${encodeURIComponent(id)}`);
