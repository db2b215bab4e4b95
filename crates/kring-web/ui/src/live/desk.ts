// What the agent's desk looks like: a fold of the snapshot and of the frames after it.
// Rule: pure. The same snapshot and frames give the same desk; late and repeated frames change nothing.

import type { Events, Frame, Presence, QueueStats, Snapshot, SnapshotCall, StoredDraft } from '../wire';
import type { CallerCard, CallerNumber, CallOffered, Unfinished } from '../wire';
import { ringClock, type RingClock } from '../call/ring_clock';

/** Who calls, and all that came with the pop. */
export type Caller = {
  id: string;
  number: CallerNumber;
  card: CallerCard;
  forwardedBy: string | null;
  did: string | null;
  greeting: string | null;
  draft: StoredDraft | null;
};

/** Instants are on the page's monotonic clock, ms. */
export type Phase =
  | { phase: 'ringing'; ring: { n: number; of: number }; clock: RingClock; answerable: boolean; offeredAs: number }
  | { phase: 'talking'; since: number }
  | { phase: 'wrapup'; talkMs: number; until: number | null };

export type Call = Caller & Phase;

/** What became of a call that rang here and went. */
export type Farewell = {
  call: string;
  why: 'abandoned' | 'lost_race' | 'rescued' | `withdrawn.${string}`;
  by: string | null;
};

export type Desk = {
  presence: Presence;
  call: Call | null;
  farewell: Farewell | null;
  drafts: Unfinished[] | null;
  queue: QueueStats;
  alert: Events['alert'] | null;
  draining: boolean;
};

export const emptyDesk: Desk = {
  presence: { state: 'offline' },
  call: null,
  farewell: null,
  drafts: null,
  queue: {},
  alert: null,
  draining: false,
};

/** The desk as a snapshot tells it. A farewell on the screen stays: it is not the server's. */
export function fromSnapshot(desk: Desk, snapshot: Snapshot, now: number): Desk {
  return {
    presence: snapshot.presence,
    call: snapshot.call ? fromSnapshotCall(snapshot.call, now) : null,
    farewell: snapshot.call ? null : desk.farewell,
    drafts: snapshot.drafts ?? desk.drafts,
    queue: snapshot.queue ?? desk.queue,
    alert: desk.alert,
    draining: snapshot.draining ?? false,
  };
}

/** The desk after one more frame, received at `now`. */
export function fold(desk: Desk, frame: Frame, now: number): Desk {
  const call = desk.call;
  const ours = call !== null && frame.call === call.id;
  switch (frame.t) {
    case 'call.offered':
      return frame.call ? offered(desk, frame.call, frame.d, frame.seq, now) : desk;
    case 'call.caller':
      return ours ? { ...desk, call: { ...call, card: frame.d } } : desk;
    case 'call.alerting':
      return ours && call.phase === 'ringing'
        ? { ...desk, call: { ...call, answerable: frame.d.answerable } }
        : desk;
    case 'call.ring':
      return ours && call.phase === 'ringing'
        ? { ...desk, call: { ...call, ring: { n: frame.d.n, of: frame.d.of } } }
        : desk;
    case 'call.answered':
      return ours && call.phase === 'ringing'
        ? { ...desk, call: { ...caller(call), phase: 'talking', since: now } }
        : desk;
    case 'call.lost_race':
      return gone(desk, frame.call, { why: 'lost_race', by: frame.d.winner ?? null });
    case 'call.abandoned':
      return gone(desk, frame.call, { why: 'abandoned', by: null });
    case 'call.rescued':
      return gone(desk, frame.call, { why: 'rescued', by: null });
    case 'call.withdrawn':
      return gone(desk, frame.call, { why: `withdrawn.${frame.d.reason ?? 'call_over'}`, by: null });
    case 'call.ended':
      return ours && call.phase === 'talking'
        ? { ...desk, call: { ...caller(call), phase: 'wrapup', talkMs: talked(frame.d.talk_ms, now - call.since), until: null } }
        : desk;
    case 'wrapup.opened':
      return ours && call.phase !== 'ringing' ? { ...desk, call: opened(call, frame.d, now) } : desk;
    case 'wrapup.extended':
      return ours && call.phase === 'wrapup' ? { ...desk, call: { ...call, until: now + frame.d.for_ms } } : desk;
    case 'wrapup.expired':
    case 'wrapup.confirmed':
      return ours && call.phase === 'wrapup' ? { ...desk, call: null } : desk;
    case 'presence.changed':
      return presence(desk, frame.d);
    case 'queue.stats':
      return { ...desk, queue: frame.d };
    case 'alert':
      return { ...desk, alert: frame.d };
    case 'system.drain':
      return { ...desk, draining: true };
    default:
      // Said to the records, not to the desk; or a newer server says more than this page knows.
      return desk;
  }
}

function caller(call: Call): Caller {
  const { id, number, card, forwardedBy, did, greeting, draft } = call;
  return { id, number, card, forwardedBy, did, greeting, draft };
}

function ringing(id: string, pop: CallOffered, seq: number, now: number): Call {
  const { elapsed_ms, period_ms, limit } = pop.ring;
  const begun = period_ms > 0 ? Math.floor(elapsed_ms / period_ms) + 1 : 1;
  return {
    ...popped(id, pop),
    phase: 'ringing',
    // Until the first `call.ring` comes; the server counts after that.
    ring: { n: Math.max(1, Math.min(begun, limit)), of: limit },
    clock: ringClock(pop.ring, now),
    answerable: pop.answerable ?? false,
    offeredAs: seq,
  };
}

function popped(id: string, pop: CallOffered): Caller {
  return {
    id,
    number: pop.number,
    card: {
      contact: pop.contact ?? null,
      candidates: pop.candidates ?? [],
      history: pop.history ?? [],
      looked_up: pop.looked_up ?? true,
    },
    forwardedBy: pop.via?.forwarded_by ?? null,
    did: pop.via?.did ?? null,
    greeting: pop.greeting ?? null,
    draft: null,
  };
}

function offered(desk: Desk, id: string, pop: CallOffered, seq: number, now: number): Desk {
  const call = desk.call;
  // Replayed after the answer, or another call while one is in progress: the screen stays.
  if (call && (call.phase === 'talking' || (call.id === id && call.phase === 'wrapup'))) return desk;
  return { ...desk, call: ringing(id, pop, seq, now), farewell: null };
}

function fromSnapshotCall(call: SnapshotCall, now: number): Call {
  const who = { ...popped(call.id, call.offered), draft: call.draft ?? null };
  switch (call.state) {
    case 'ringing': {
      const fresh = ringing(call.id, call.offered, 0, now);
      return call.ring && fresh.phase === 'ringing' ? { ...fresh, ring: call.ring } : fresh;
    }
    case 'talking':
      return { ...who, phase: 'talking', since: now - (call.talk_ms ?? 0) };
    case 'wrap_up': {
      const left = call.wrapup_left_ms;
      return { ...who, phase: 'wrapup', talkMs: call.talk_ms ?? 0, until: left == null ? null : now + left };
    }
  }
}

function opened(call: Call, wrapup: Events['wrapup.opened'], now: number): Call {
  const talkMs = call.phase === 'wrapup' ? call.talkMs : call.phase === 'talking' ? now - call.since : 0;
  const until = wrapup.for_ms == null ? null : now + wrapup.for_ms;
  return { ...caller(call), draft: wrapup.draft ?? call.draft, phase: 'wrapup', talkMs, until };
}

function gone(desk: Desk, id: string | undefined, how: Omit<Farewell, 'call'>): Desk {
  const call = desk.call;
  if (call?.phase !== 'ringing' || call.id !== id) return desk;
  return { ...desk, call: null, farewell: { call: call.id, ...how } };
}

function presence(desk: Desk, to: Presence): Desk {
  // Whoever is ready, paused or gone has no wrap-up any more; the record stays open in its form.
  const over = desk.call?.phase === 'wrapup' && ['ready', 'paused', 'offline'].includes(to.state);
  return { ...desk, presence: to, call: over ? null : desk.call };
}

function talked(told: number | undefined, measured: number): number {
  return told ?? Math.max(0, measured);
}
