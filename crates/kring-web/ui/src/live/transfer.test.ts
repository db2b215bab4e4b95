import { describe, expect, it } from 'vitest';
import type { CallOffered, EventName, Events, Frame } from '../wire';
import { emptyDesk, fold, fromSnapshot, type Desk } from './desk';
import { asRead, underWay } from './transfer';

const pop: CallOffered = {
  number: { canonical: '+66812345678', display: '081-234-5678', class: 'mobile' },
  ring: { elapsed_ms: 0, period_ms: 5_000, on_ms: 1_000, limit: 3 },
};
let seq = 0;
function frame<T extends EventName>(t: T, d: Events[T], call = 'A'): Frame {
  seq += 1;
  return { v: 1, seq, id: 'x', ts: '2026-11-23T08:00:00Z', t, call, d } as unknown as Frame;
}
const run = (from: Desk, ...frames: Frame[]) => frames.reduce((desk, f, n) => fold(desk, f, 1_000 * (n + 1)), from);
const progress = (state: Events['transfer.progress']['state'], id = 'T1', call = 'A', code?: number) =>
  frame('transfer.progress', { transfer_id: id, state, sip_code: code, text_th: `ไทย ${state}`, text_en: `en ${state}` }, call);
const talking = run(emptyDesk, frame('call.offered', pop), frame('call.answered', { by: 'somsri' }));

describe('a transfer', () => {
  it('is asked for, rings, is answered, and leaves the extension to the record', () => {
    const rings = run(talking, progress('requested'), progress('trying'), progress('ringing'));
    expect(rings.transfer).toMatchObject({ id: 'T1', kind: 'transfer', state: 'ringing', over: null });
    expect(underWay(rings.transfer)).toBe(true);
    const ended = frame('call.ended', { by: 'kring', cause: 'transferred', talk_ms: 61_000, transferred_to: '2104' });
    const opened = frame('wrapup.opened', { draft: null, for_ms: 45_000 });
    const done = run(rings, progress('answered'), ended, opened);
    expect(done.call).toMatchObject({ phase: 'wrapup', talkMs: 61_000, transferredTo: '2104' });
    expect(done.transfer?.steps.map((step) => step.what === 'told' && step.en)).toEqual(['en requested', 'en trying', 'en ringing', 'en answered']);
  });

  it('that comes to nothing brings the caller back, with the reason and the code', () => {
    const back = run(talking, progress('ringing'), progress('recalled', 'T1', 'A', 486), frame('transfer.recalled', { reason: 'busy' }));
    expect(back.call?.phase).toBe('talking');
    expect(back.transfer).toMatchObject({ state: 'recalled', sipCode: 486, over: { reason: 'busy', back: true } });
    expect(run(back, progress('ringing')).transfer).toBe(back.transfer);
    expect(run(back, progress('requested', 'T2')).transfer).toMatchObject({ id: 'T2', over: null });
  });

  it('in which the caller left is over without anybody having them', () => {
    expect(run(talking, progress('ringing'), progress('failed')).transfer?.over).toMatchObject({ back: false });
  });

  it('after which the agent is rung again shows the ringing call', () => {
    const back = run(talking, progress('ringing'), progress('recalled'), frame('transfer.recalled', { reason: 'no_answer' }));
    const again = run(back, frame('call.offered', pop));
    expect(again.call).toMatchObject({ id: 'A', phase: 'ringing' });
    expect(run(again, frame('call.answered', { by: 'somsri' })).call?.phase).toBe('talking');
  });

  it('is not begun anew by the first pop, said again', () => {
    const offered = frame('call.offered', pop);
    const back = run(talking, progress('recalled'), frame('transfer.recalled', { reason: 'busy' }));
    expect(run(back, offered).call?.phase).toBe('talking');
  });

  it('of another call is news for those who watch, and nothing else', () => {
    const desk = run(talking, progress('recalled', 'T9', 'B'));
    expect(desk.transfer).toBeNull();
    expect(desk.news).toHaveLength(1);
  });

  it('goes with its call', () => {
    const next = run(talking, progress('ringing'), frame('call.ended', {}), frame('wrapup.confirmed', {}));
    expect(next).toMatchObject({ call: null, transfer: null });
  });
});

describe('a consult', () => {
  const started = frame('consult.started', { transfer_id: 'T1', department: 'DBD', to: '2104' });
  const answered = frame('consult.answered', { transfer_id: 'T1', to: '2104' });

  it('tells whom the agent talks with', () => {
    const asked = run(talking, started, progress('ringing'), answered);
    expect(asked.transfer).toMatchObject({ kind: 'consult', state: 'answered', department: 'DBD', to: '2104', talksWith: 'unit' });
    const both = run(asked, frame('consult.turned', { transfer_id: 'T1', with: 'both' }));
    expect(both.transfer).toMatchObject({ talksWith: 'both', over: null });
  });

  it('that ends keeps its reason when the progress comes after it', () => {
    const over = run(talking, started, answered, frame('consult.ended', { transfer_id: 'T1', reason: 'unit_left' }), progress('recalled'));
    expect(over.transfer).toMatchObject({ talksWith: null, over: { reason: 'unit_left' } });
    expect(run(over, frame('transfer.recalled', { reason: 'unit_left' })).transfer?.over?.back).toBe(true);
  });

  it('said again changes nothing', () => {
    const desk = run(talking, started, answered);
    expect(run(desk, started).transfer).toBe(desk.transfer);
  });
});

describe('a page that came later', () => {
  const snapshot = { presence: { state: 'talking' as const }, call: { id: 'A', state: 'talking' as const, offered: pop, talk_ms: 9_000 } };

  it('knows nothing until the next frame, and then what that says', () => {
    const fresh = fromSnapshot(emptyDesk, snapshot, 0);
    expect(fresh.transfer).toBeNull();
    expect(run(fresh, progress('ringing')).transfer).toMatchObject({ id: 'T1', state: 'ringing', department: null });
  });

  it('reads the rest by the id', () => {
    const known = run(talking, progress('ringing')).transfer!;
    const read = { id: 'T1', call: 'A', mode: 'attended' as const, state: 'answered' as const, target: { department: 'DBD', extension: '2104' } };
    expect(asRead(known, read)).toMatchObject({ kind: 'consult', state: 'answered', department: 'DBD', to: '2104', over: null });
    expect(asRead(known, { ...read, state: 'recalled' }).over).toMatchObject({ back: true });
    expect(asRead(known, { ...read, id: 'T0' })).toBe(known);
  });

  it('keeps the transfer of the same call over a new line, and of no other', () => {
    const before = run(talking, progress('ringing'));
    expect(fromSnapshot(before, snapshot, 0).transfer).toBe(before.transfer);
    expect(fromSnapshot(before, { presence: { state: 'ready' } }, 0).transfer).toBeNull();
  });
});

describe('a call that kring places', () => {
  const placed = { ...pop, outbound: { why: 'call_back' as const, asked: 'C', attempt: 1 } };
  const lifted = run(emptyDesk, frame('call.offered', placed), frame('call.dialling', {}));

  it('dials when the agent has lifted, and talks when the citizen has', () => {
    expect(lifted.call).toMatchObject({ phase: 'talking', dialling: true, placed: true });
    expect(run(lifted, frame('call.reached', { rang_ms: 4_000 })).call).toMatchObject({ phase: 'talking', dialling: false });
  });

  it('that reaches nobody says why, once', () => {
    const missed = run(lifted, frame('call.missed', { reason: 'busy', code: 486 }), frame('call.withdrawn', { reason: 'failed' }));
    expect(missed).toMatchObject({ call: null, farewell: { why: 'missed.busy' } });
  });
});

it('news of others are few, the newest first, and each is told once', () => {
  const asked = (n: number) => frame('callback.asked', { queue: `q${n}` }, `C${n}`);
  const all = Array.from({ length: 9 }, (_, n) => asked(n));
  const desk = run(talking, ...all, all[8]!);
  expect(desk.news).toHaveLength(6);
  expect(desk.news[0]?.frame.d).toEqual({ queue: 'q8' });
});
