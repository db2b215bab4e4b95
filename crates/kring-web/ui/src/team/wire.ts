// What the server says of the people at the phones, and of what is owed.

import type { CallerNumber, PresenceState, Unfinished } from '../wire';

/** A row of `GET /agents`. */
export type Agent = { login: string; name: string; role: string; devices: string[]; queues: string[]; skills: string[]; state: PresenceState; reason: string | null; since: string | null; screen: boolean };
/** What came of a wish for somebody's state. */
export type Granted = { state: PresenceState; reason?: string | null; after_call: boolean };
/** A row of `GET /unfinished?agent=*`. */
export type Owed = Unfinished & { agent?: string | null };
/** A row of `GET /callbacks`. */
export type CallBack = { id: string; number: CallerNumber | null; did: string; queue: string; since: string; state: 'waiting' | 'resting' | 'calling'; tries: number; next_at: string | null; placed: string | null };
