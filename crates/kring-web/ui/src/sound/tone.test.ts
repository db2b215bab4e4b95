import { describe, expect, it } from 'vitest';
import { ringClock } from '../call/ring_clock';
import { burstsLeft } from './tone';

const clock = ringClock({ elapsed_ms: 0, period_ms: 5000, on_ms: 1000, limit: 3 }, 10_000);

describe('the ring', () => {
  it('sounds three times, one second each, louder each time', () => {
    expect(burstsLeft(clock, 10_000).map(({ n, inMs, forMs }) => [n, inMs, forMs])).toEqual([
      [1, 0, 1000],
      [2, 5000, 1000],
      [3, 10_000, 1000],
    ]);
    const gains = burstsLeft(clock, 10_000).map((burst) => burst.gain);
    expect(gains).toEqual([...gains].sort((a, b) => a - b));
    expect(new Set(gains).size).toBe(3);
  });

  it('goes on in the middle of a burst after a reload', () => {
    expect(burstsLeft(clock, 15_400)[0]).toMatchObject({ n: 2, inMs: 0, forMs: 600 });
  });

  it('is silent between bursts until the next one', () => expect(burstsLeft(clock, 12_000)[0]).toMatchObject({ n: 2, inMs: 3000 }));

  it('has no fourth burst', () => expect(burstsLeft(clock, 21_100)).toEqual([]));
});
