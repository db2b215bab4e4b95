import { describe, expect, it } from 'vitest';
import { bursts, elapsed, ringClock, secondsLeft, spent } from './ring_clock';

const thai = (elapsed_ms: number) => ({ elapsed_ms, period_ms: 5_000, on_ms: 1_000, limit: 3 });

describe('the ring clock', () => {
  it('counts from the receipt of the pop, on the clock of the page alone', () => {
    const clock = ringClock(thai(80), 1_000_000);
    expect(elapsed(clock, 1_000_000)).toBe(80);
    expect(elapsed(clock, 1_007_000)).toBe(7_080);
    expect(secondsLeft(clock, 1_007_000)).toBe(8);
  });

  it('goes on where a reload finds it', () => {
    const reloaded = ringClock(thai(11_200), 40);
    expect(secondsLeft(reloaded, 40)).toBe(4);
    expect(spent(reloaded, 40)).toBeCloseTo(0.7467, 3);
  });

  it('ends at the deadline and does not run past it', () => {
    const clock = ringClock(thai(0), 0);
    expect(secondsLeft(clock, 14_999)).toBe(1);
    expect(secondsLeft(clock, 15_000)).toBe(0);
    expect(elapsed(clock, 60_000)).toBe(15_000);
    expect(spent(clock, 60_000)).toBe(1);
  });

  it('draws one burst of a second for every ring of the budget', () => {
    expect(bursts(ringClock(thai(0), 0)).map((b) => b.at * 15)).toEqual([0, 5, 10]);
    expect(bursts(ringClock(thai(0), 0))[0]!.width * 15).toBeCloseTo(1);
  });
});
