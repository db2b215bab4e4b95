// When the ring sounds and how loud: the Thai ring of 400 Hz, 1 s on and 4 s off, louder with each ring.
// Rule: pure, and in step with the server's count; nothing is sounded after the deadline.

import type { RingClock } from '../call/ring_clock';

export const ringHz = 400;
/** The last ring is heard across the room. */
const loudness = [0.2, 0.35, 0.5];

export type Burst = { n: number; inMs: number; forMs: number; gain: number; last: boolean };

export const gainOf = (n: number): number => loudness[Math.min(n, loudness.length) - 1] ?? 0.5;

/** The bursts that are still to come, and what is left of the one that sounds now. */
export function burstsLeft(clock: RingClock, now: number): Burst[] {
  const since = now - clock.startedAt;
  const left: Burst[] = [];
  for (let n = 1; n <= clock.limit; n += 1) {
    const begins = (n - 1) * clock.periodMs - since;
    const inMs = Math.max(0, begins);
    const forMs = begins + clock.onMs - inMs;
    // Less than this is a click and no ring.
    if (forMs > 50) left.push({ n, inMs, forMs, gain: gainOf(n), last: n === clock.limit });
  }
  return left;
}
