import { describe, expect, it } from 'vitest';
import { heard, phonesOf, popsOf, sounded, statesOf } from './lanes';
import type { Attempt, CallFact, Evidence } from './wire';

const offer = (more: Partial<Attempt>): Attempt => ({ agent: 'a', device: 'pbx:1', hop: 1, attempt: 1, round: 0, invited_ms: 0, alerting_ms: 20, audible_ms: null, ended_ms: null, late_silence_ms: null, ...more });
const evidence = (more: Partial<Evidence>): Evidence => ({
  call: 'c', t0: '2026-11-23T08:12:11.884Z', t0_us: 1_000_000, queue: 'main', rang_before: false, deadline_ms: 15_000, rings_ms: [0, 5_000, 10_000], rings: 3, attempts: [], decided_ms: null, margin_ms: null,
  terms: { on_ms: 1_000, off_ms: 4_000, limit: 3, guard_ms: 500, policy: 'before_next_ring', cadence_from: 'default', t0_from: 'modelled' }, result: null, lateness_us: null, kept: null, ended_ms: null, told_th: '', told_en: '', chain: null, ...more,
});
const fact = (ms: number, kind: string, more: object = {}): CallFact => ({ node: 'n', boot: 1, seq: 1, at_us: 1_000_000 + ms * 1_000, ts: '', text: '', fact: { kind, ...more } });

describe('the lanes of a call', () => {
  const handedOn = evidence({
    attempts: [
      offer({ agent: 'natthawut', ended_ms: 9_500, end: 'withdrawn', why: 'hop_ended' }),
      offer({ agent: 'supaporn', device: 'pbx:2', hop: 2, attempt: 2, invited_ms: 10_000, alerting_ms: 10_015, ended_ms: 12_412, end: 'answered' }),
    ],
    decided_ms: 12_412, result: 'within', ended_ms: 290_880,
  });

  it('are one phone a row, with what each sounded', () => {
    const { rows, more } = phonesOf(handedOn);
    expect(rows.map((row) => row.agent)).toEqual(['natthawut', 'supaporn']);
    expect(more).toBe(0);
    expect(sounded(handedOn, rows[0]!.offers[0]!, 0).map((burst) => burst.n)).toEqual([1, 2]);
    expect(sounded(handedOn, rows[1]!.offers[0]!, 0)).toEqual([{ at: 10_015, n: 3, last: true }]);
    expect(heard(handedOn)).toHaveLength(3);
  });

  it('are one state behind the other', () => {
    expect(statesOf(handedOn, [], 0).map(({ from, to, tone }) => [from, to, tone])).toEqual([
      [0, 10_000, 'ring'],
      [10_000, 12_412, 'last'],
      [12_412, 290_880, 'talk'],
    ]);
  });

  it('show a hold within the talk, and with whom the caller is after a transfer', () => {
    const facts = [fact(20_000, 'held'), fact(30_000, 'resumed'), fact(60_000, 'transfer', { step: 'done', to: '5512' })];
    expect(statesOf(handedOn, facts, 0).slice(2).map(({ tone, who }) => [tone, who])).toEqual([['talk', 'supaporn'], ['held', ''], ['talk', 'supaporn'], ['elsewhere', '5512']]);
  });

  it('of a caller who was kept: nobody free, the queue, and a round of its own count', () => {
    const kept = evidence({
      attempts: [offer({ round: 1, invited_ms: 23_000, alerting_ms: 23_013, ended_ms: 25_276, end: 'answered' })],
      decided_ms: 14_751, result: 'rescued', ended_ms: 39_764,
      kept: { since_ms: 14_751, action: 'answer_greet_queue', rounds: [{ round: 1, began_ms: 23_000, rings_ms: [23_000] }], served: { agent: 'a', at_ms: 25_276, rings: 1, queued_ms: 10_525 }, left: null },
    });
    expect(statesOf(kept, [], 0).map((span) => span.tone)).toEqual(['free', 'kept', 'talk']);
    expect(sounded(kept, kept.attempts[0]!, 0).map((burst) => burst.n)).toEqual([1]);
  });

  it('of a live call go on to now', () => {
    const live = evidence({ attempts: [offer({})], rings_ms: [0, 5_000] });
    expect(statesOf(live, [], 6_000)).toEqual([{ from: 0, to: 6_000, tone: 'ring', who: 'a' }]);
    expect(sounded(live, live.attempts[0]!, 6_000)).toHaveLength(2);
  });

  it('tell when a pop was sent, received and painted', () => {
    const facts = [fact(29, 'pop_acknowledged', { agent: 'a', after_us: 33_000 }), fact(0, 'invited', { agent: 'a' }), fact(66, 'pop_painted', { agent: 'a', after_ms: 66 })];
    expect(popsOf(evidence({}), facts)).toEqual([{ agent: 'a', sent: -4, ack: 33, paint: 66, before: 4 }]);
  });
});
