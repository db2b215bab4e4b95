// What the agent's desk looks like: a fold of the snapshot and of the frames after it.
// Rule: pure. The same snapshot and frames give the same desk; late and repeated frames change nothing.

import type { Events, Frame, Presence, QueueStats, Snapshot, SnapshotCall, StoredDraft } from '../wire';
import type { CallerCard, CallerNumber, CallOffered, MonitorMode, Recorded, SoundClass, SoundSide, Unfinished } from '../wire';
import { ringClock, type RingClock } from '../call/ring_clock';
import { foldNews, type News } from './floor';
import { foldTransfer, type Transfer } from './transfer';

/** Who calls, and all that came with the pop. */
export type Caller = {
  id: string;
  number: CallerNumber;
  card: CallerCard;
  forwardedBy: string | null;
  did: string | null;
  greeting: string | null;
  draft: StoredDraft | null;
  /** kring calls this person; nobody called. */
  placed: boolean;
};

/** How the voices were last heard, by whose it is; nothing before anything was measured. */
export type Sound = Partial<Record<SoundSide, { class: SoundClass; lossPct: number }>>;

export type Monitored = { by: string; mode: MonitorMode };

/** Instants are on the page's monotonic clock, ms. */
export type Phase =
  | { phase: 'ringing'; ring: { n: number; of: number }; clock: RingClock; answerable: boolean; offeredAs: number }
  /** `dialling`: the agent has lifted, and the citizen is being rung. */
  /** `heldSince`: since when the caller hears music by the agent's wish. */
  /** `monitored`: the supervisor who hears it, where the house tells. */
  | { phase: 'talking'; since: number; dialling: boolean; heldSince: number | null; sound: Sound; recording: Recorded | null; monitored: Monitored | null }
  /** `transferredTo`: the extension that has the caller now. */
  | { phase: 'wrapup'; talkMs: number; until: number | null; transferredTo: string | null };

export type Call = Caller & Phase;

/** What became of a call that rang here and went. */
export type Farewell = {
  call: string;
  why: 'abandoned' | 'lost_race' | 'rescued' | `withdrawn.${string}` | `missed.${string}`;
  by: string | null;
};

export type Desk = {
  presence: Presence;
  call: Call | null;
  /** Of `call`, the last one. */
  transfer: Transfer | null;
  /** Of calls of others; of supervisors only. */
  news: News[];
  farewell: Farewell | null;
  drafts: Unfinished[] | null;
  queue: QueueStats;
  alert: Events['alert'] | null;
  draining: boolean;
};

export const emptyDesk: Desk = {
  presence: { state: 'offline' },
  call: null,
  transfer: null,
  news: [],
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
    // The snapshot does not tell of transfers: what was known of this call's is read anew by its id.
    transfer: snapshot.call && snapshot.call.id === desk.transfer?.call ? desk.transfer : null,
    news: desk.news,
    farewell: snapshot.call ? null : desk.farewell,
    drafts: snapshot.drafts ?? desk.drafts,
    queue: snapshot.queue ?? desk.queue,
    alert: desk.alert,
    draining: snapshot.draining ?? false,
  };
}

/** The desk after one more frame, received at `now`. */
export function fold(desk: Desk, frame: Frame, now: number): Desk {
  const ours = desk.call !== null && frame.call === desk.call.id;
  const after = foldCall(desk, frame, now);
  const transfer = ours ? foldTransfer(desk.transfer, frame) : desk.transfer;
  const kept = transfer !== null && transfer.call === after.call?.id ? transfer : null;
  const news = ours ? desk.news : foldNews(desk.news, frame);
  return after.transfer === kept && after.news === news ? after : { ...after, transfer: kept, news };
}

function foldCall(desk: Desk, frame: Frame, now: number): Desk {
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
        ? { ...desk, call: { ...caller(call), phase: 'talking', since: now, dialling: false, heldSince: null, sound: {}, recording: null, monitored: null } }
        : desk;
    case 'call.dialling':
      return ours && call.phase === 'ringing'
        ? { ...desk, call: { ...caller(call), phase: 'talking', since: now, dialling: true, heldSince: null, sound: {}, recording: null, monitored: null } }
        : desk;
    case 'call.reached':
      return ours && call.phase === 'talking' && call.dialling
        ? { ...desk, call: { ...call, since: now, dialling: false } }
        : desk;
    case 'call.held':
      return ours && call.phase === 'talking' ? { ...desk, call: { ...call, heldSince: now } } : desk;
    case 'call.resumed':
      return ours && call.phase === 'talking' ? { ...desk, call: { ...call, heldSince: null } } : desk;
    case 'call.recording':
      return ours && call.phase === 'talking' ? { ...desk, call: { ...call, recording: frame.d.state } } : desk;
    case 'call.monitored': {
      const { by, mode, state } = frame.d;
      return ours && call.phase === 'talking' ? { ...desk, call: { ...call, monitored: state === 'on' ? { by, mode } : null } } : desk;
    }
    case 'call.sound': {
      const { side, class: heard, loss_pct } = frame.d;
      return ours && call.phase === 'talking'
        ? { ...desk, call: { ...call, sound: { ...call.sound, [side]: { class: heard, lossPct: loss_pct ?? 0 } } } }
        : desk;
    }
    case 'call.missed':
      return notReached(desk, frame.call, `missed.${frame.d.reason}`);
    case 'call.lost_race':
      return gone(desk, frame.call, { why: 'lost_race', by: frame.d.winner ?? null });
    case 'call.abandoned':
      return notReached(gone(desk, frame.call, { why: 'abandoned', by: null }), frame.call, 'withdrawn.call_over');
    case 'call.rescued':
      return gone(desk, frame.call, { why: 'rescued', by: null });
    case 'call.withdrawn':
      return notReached(
        gone(desk, frame.call, { why: `withdrawn.${frame.d.reason ?? 'call_over'}`, by: null }),
        frame.call,
        'withdrawn.call_over',
      );
    case 'call.ended':
      return ours && call.phase === 'talking'
        ? { ...desk, call: ended(call, frame.d, now) }
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
  const { id, number, card, forwardedBy, did, greeting, draft, placed } = call;
  return { id, number, card, forwardedBy, did, greeting, draft, placed };
}

function ended(call: Call & { phase: 'talking' }, how: Events['call.ended'], now: number): Call {
  const talkMs = how.talk_ms ?? Math.max(0, now - call.since);
  return { ...caller(call), phase: 'wrapup', talkMs, until: null, transferredTo: how.transferred_to ?? null };
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
      open_complaints: pop.open_complaints ?? null,
      notice_due: pop.notice_due ?? false,
      restricted: pop.restricted ?? false,
      looked_up: pop.looked_up ?? true,
    },
    forwardedBy: pop.via?.forwarded_by ?? null,
    did: pop.via?.did ?? null,
    greeting: pop.greeting ?? null,
    draft: null,
    placed: pop.outbound != null,
  };
}

function offered(desk: Desk, id: string, pop: CallOffered, seq: number, now: number): Desk {
  const call = desk.call;
  // Replayed after the answer, or another call while one is in progress: the screen stays.
  const back = desk.transfer?.over;
  // A transfer came to nothing after the agent had hung up: the caller rings here again.
  const again = call?.id === id && back?.back === true && seq > back.seq;
  if (call && !again && (call.phase === 'talking' || (call.id === id && call.phase === 'wrapup'))) return desk;
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
      return {
        ...who,
        phase: 'talking',
        since: now - (call.talk_ms ?? 0),
        dialling: who.placed && call.talk_ms == null,
        heldSince: call.held_ms == null ? null : now - call.held_ms,
        recording: call.recording ?? null,
        sound: Object.fromEntries((call.sound ?? []).map((told) => [told.side, { class: told.class, lossPct: told.loss_pct ?? 0 }])),
        monitored: call.monitored ? { by: call.monitored.by, mode: call.monitored.mode } : null,
      };
    case 'wrap_up': {
      const left = call.wrapup_left_ms;
      return { ...who, phase: 'wrapup', talkMs: call.talk_ms ?? 0, until: left == null ? null : now + left, transferredTo: null };
    }
  }
}

function opened(call: Call, wrapup: Events['wrapup.opened'], now: number): Call {
  const talkMs = call.phase === 'wrapup' ? call.talkMs : call.phase === 'talking' ? now - call.since : 0;
  const until = wrapup.for_ms == null ? null : now + wrapup.for_ms;
  const transferredTo = call.phase === 'wrapup' ? call.transferredTo : null;
  return { ...caller(call), draft: wrapup.draft ?? call.draft, phase: 'wrapup', talkMs, until, transferredTo };
}

function gone(desk: Desk, id: string | undefined, how: Omit<Farewell, 'call'>): Desk {
  const call = desk.call;
  if (call?.phase !== 'ringing' || call.id !== id) return desk;
  return { ...desk, call: null, farewell: { call: call.id, ...how } };
}

/** A call that kring places ends before anybody was reached: the first that says why is heard. */
function notReached(desk: Desk, id: string | undefined, why: Farewell['why']): Desk {
  const call = desk.call;
  if (call?.phase !== 'talking' || !call.dialling || call.id !== id) return desk;
  return { ...desk, call: null, farewell: { call: call.id, why, by: null } };
}

function presence(desk: Desk, to: Presence): Desk {
  // Whoever is ready, paused or gone has no wrap-up any more; the record stays open in its form.
  const over = desk.call?.phase === 'wrapup' && ['ready', 'paused', 'offline'].includes(to.state);
  return { ...desk, presence: to, call: over ? null : desk.call };
}
