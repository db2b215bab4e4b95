// How far a call has rung, for the bar to the deadline.
// Rule: counts from `elapsed_ms` at receipt on the monotonic clock, because PC clocks drift; how many
// rings there were is never derived here, the server counts them.

export type RingClock = {
  /** When t0 was, on the page's monotonic clock, ms. */
  startedAt: number;
  /** From t0 to the end of the budget, ms. */
  budgetMs: number;
  periodMs: number;
  onMs: number;
  limit: number;
};

export function ringClock(
  ring: { elapsed_ms: number; period_ms: number; on_ms: number; limit: number },
  receivedAt: number,
): RingClock {
  return {
    startedAt: receivedAt - ring.elapsed_ms,
    budgetMs: ring.period_ms * ring.limit,
    periodMs: ring.period_ms,
    onMs: ring.on_ms,
    limit: ring.limit,
  };
}

/** Since t0, ms; never negative and never past the budget. */
export function elapsed(clock: RingClock, now: number): number {
  return Math.min(clock.budgetMs, Math.max(0, now - clock.startedAt));
}

/** The share of the budget that is spent, 0 to 1. */
export function spent(clock: RingClock, now: number): number {
  return clock.budgetMs > 0 ? elapsed(clock, now) / clock.budgetMs : 1;
}

/** Left of the budget in whole seconds, rounded up: 0 only when nothing is left. */
export function secondsLeft(clock: RingClock, now: number): number {
  return Math.ceil((clock.budgetMs - elapsed(clock, now)) / 1000);
}

/** The bursts on the bar, as shares of the budget. */
export function bursts(clock: RingClock): { at: number; width: number }[] {
  return Array.from({ length: clock.limit }, (_, n) => ({
    at: n / clock.limit,
    width: clock.onMs / clock.budgetMs,
  }));
}
