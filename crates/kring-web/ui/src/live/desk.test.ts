import { describe, expect, it } from 'vitest';
import type { CallOffered, EventName, Events, Frame } from '../wire';
import { emptyDesk, fold, fromSnapshot, type Desk } from './desk';

const pop: CallOffered = {
  number: { canonical: '+66812345678', display: '081-234-5678', class: 'mobile' },
  candidates: [],
  history: [],
  via: { did: '1203', forwarded_by: '1203' },
  ring: { elapsed_ms: 80, period_ms: 5_000, on_ms: 1_000, limit: 3 },
  answerable: true,
  greeting: 'สวัสดีค่ะ',
};
let seq = 0;
function frame<T extends EventName>(t: T, d: Events[T], call = 'A'): Frame {
  seq += 1;
  return { v: 1, seq, id: 'x', ts: '2026-11-23T08:00:00Z', t, call, d, ack: true } as unknown as Frame;
}
/** Folds frames that come one second apart, from 1,000 ms on. */
function run(...frames: Frame[]): Desk {
  return frames.reduce((desk, f, n) => fold(desk, f, 1_000 * (n + 1)), emptyDesk);
}
const ready = frame('presence.changed', { state: 'ready' });
const answered = frame('call.answered', { by: 'somsri' });
const ended = frame('call.ended', { by: 'caller', cause: 'bye', talk_ms: 61_000 });
const opened = frame('wrapup.opened', { draft: null, deadline: null, for_ms: 60_000 });

describe('a call', () => {
  it('rings with the count that the server gives', () => {
    const desk = run(ready, frame('call.offered', pop), frame('call.ring', { n: 2, of: 3 }));
    expect(desk.call).toMatchObject({ id: 'A', phase: 'ringing', ring: { n: 2, of: 3 }, forwardedBy: '1203' });
  });

  it('that joins at the last ring shows the last ring before any count has come', () => {
    const late = { ...pop, ring: { ...pop.ring, elapsed_ms: 10_020 } };
    expect(run(frame('call.offered', late)).call).toMatchObject({ ring: { n: 3, of: 3 } });
  });

  it('is held and resumed, and a page that comes back knows for how long', () => {
    const held = run(frame('call.offered', pop), answered, frame('call.held', {}));
    expect(held.call).toMatchObject({ phase: 'talking', since: 2_000, heldSince: 3_000 });
    expect(run(frame('call.offered', pop), answered, frame('call.held', {}), frame('call.resumed', {})).call).toMatchObject({
      heldSince: null,
    });
    const snapshot = { presence: { state: 'talking' }, call: { id: 'A', state: 'talking', offered: pop, talk_ms: 9_000, held_ms: 4_000, sound: [{ side: 'caller' as const, class: 'fair' as const, loss_pct: 4 }] } };
    expect(fromSnapshot(emptyDesk, snapshot as never, 10_000).call).toMatchObject({ since: 1_000, heldSince: 6_000, sound: { caller: { class: 'fair', lossPct: 4 } } });
  });

  it('shows who listens until that is over, and to a page that comes back', () => {
    const on = frame('call.monitored', { by: 'wilai', mode: 'whisper', state: 'on' });
    const off = frame('call.monitored', { by: 'wilai', mode: 'whisper', state: 'ended' });
    expect(run(frame('call.offered', pop), answered, on).call).toMatchObject({ monitored: { by: 'wilai', mode: 'whisper' } });
    expect(run(frame('call.offered', pop), answered, on, off).call).toMatchObject({ monitored: null });
    const monitored = { by: 'wilai', mode: 'barge', state: 'on' };
    const snapshot = { presence: { state: 'talking' }, call: { id: 'A', state: 'talking', offered: pop, talk_ms: 9_000, monitored } };
    expect(fromSnapshot(emptyDesk, snapshot as never, 10_000).call).toMatchObject({ monitored: { by: 'wilai', mode: 'barge' } });
  });

  it('knows how each voice was last heard, and forgets it with the call', () => {
    const sound = [frame('call.sound', { side: 'caller', class: 'poor', loss_pct: 7 }), frame('call.sound', { side: 'agent', class: 'good' })];
    const desk = run(frame('call.offered', pop), answered, ...sound);
    expect(desk.call).toMatchObject({ sound: { caller: { class: 'poor', lossPct: 7 }, agent: { class: 'good', lossPct: 0 } } });
    expect(run(frame('call.offered', pop), answered, ...sound, ended).call).not.toHaveProperty('sound');
  });

  it('gets its caller when the history came later than the pop', () => {
    const card = { contact: { id: '7', given: 'สมชาย' }, candidates: [], history: [] };
    expect(run(frame('call.offered', pop), frame('call.caller', card)).call?.card.contact?.given).toBe('สมชาย');
  });

  it('is answered, ends, and leaves a record to be written within its time', () => {
    expect(run(frame('call.offered', pop), answered).call).toMatchObject({ phase: 'talking', since: 2_000 });
    expect(run(frame('call.offered', pop), answered, ended, opened).call).toMatchObject({
      phase: 'wrapup',
      talkMs: 61_000,
      until: 64_000,
    });
  });

  it('whose wrap-up runs out or is confirmed leaves the desk', () => {
    const done = run(frame('call.offered', pop), answered, ended, opened, frame('wrapup.expired', {}));
    expect(done.call).toBeNull();
    const next = run(frame('call.offered', pop), answered, ended, opened, ready);
    expect(next).toMatchObject({ call: null, presence: { state: 'ready' } });
  });

  it.each([
    ['call.abandoned', {}, { why: 'abandoned', by: null }],
    ['call.lost_race', { winner: 'nattawut' }, { why: 'lost_race', by: 'nattawut' }],
    ['call.withdrawn', { reason: 'rona' }, { why: 'withdrawn.rona', by: null }],
  ] as const)('that goes by %s says why', (t, d, farewell) => {
    const desk = run(frame('call.offered', pop), frame(t, d as never));
    expect(desk).toMatchObject({ call: null, farewell: { call: 'A', ...farewell } });
  });
});

describe('late and repeated frames', () => {
  it('of the call do not bring it back to ringing', () => {
    const again = frame('call.offered', pop);
    expect(run(frame('call.offered', pop), answered, again).call?.phase).toBe('talking');
    expect(run(frame('call.offered', pop), answered, ended, again).call?.phase).toBe('wrapup');
    expect(run(frame('call.offered', pop), answered, frame('call.ring', { n: 3, of: 3 })).call?.phase).toBe('talking');
  });

  it('of another call do not touch this one', () => {
    const desk = run(frame('call.offered', pop), frame('call.abandoned', {}, 'B'), frame('call.ring', { n: 3, of: 3 }, 'B'));
    expect(desk.call).toMatchObject({ id: 'A', phase: 'ringing', ring: { n: 1 } });
    expect(run(frame('call.offered', pop), answered, frame('call.offered', pop, 'B')).call?.id).toBe('A');
  });

  it('of a kind that this page does not know are passed over', () => {
    const desk = run(ready);
    expect(fold(desk, { ...ready, t: 'queue.mood' } as unknown as Frame, 0)).toBe(desk);
  });
});

describe('a snapshot', () => {
  it('brings back the pop in ring 2 with the right count and the time that is left', () => {
    const offered = { ...pop, ring: { ...pop.ring, elapsed_ms: 7_300 } };
    const snapshot = { presence: { state: 'ringing' as const }, call: { id: 'A', state: 'ringing' as const, offered, ring: { n: 2, of: 3 } } };
    const call = fromSnapshot(emptyDesk, snapshot, 500).call;
    expect(call).toMatchObject({ phase: 'ringing', ring: { n: 2, of: 3 }, clock: { startedAt: -6_800 } });
  });

  it('brings back the timer of the talk and of the record', () => {
    const at = (state: 'talking' | 'wrap_up') =>
      fromSnapshot(emptyDesk, { presence: { state }, call: { id: 'A', state, offered: pop, talk_ms: 134_000, wrapup_left_ms: 20_000 } }, 1_000_000).call;
    expect(at('talking')).toMatchObject({ phase: 'talking', since: 866_000 });
    expect(at('wrap_up')).toMatchObject({ phase: 'wrapup', talkMs: 134_000, until: 1_020_000 });
  });

  it('takes a call away that went while the line was down', () => {
    const desk = run(frame('call.offered', pop));
    expect(fromSnapshot(desk, { presence: { state: 'ready' } }, 0).call).toBeNull();
  });
});
