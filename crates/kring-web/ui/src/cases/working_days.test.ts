import { describe, expect, it } from 'vitest';
import { dayOf, neverRests, workingDays } from './working_days';

const at = (text: string) => new Date(text);
const none = new Set<string>();

describe('days of work', () => {
  it('leave weekends out', () => {
    // Friday to Monday.
    expect(workingDays(at('2026-11-20T03:00:00Z'), at('2026-11-23T03:00:00Z'), none, false)).toBe(1);
    expect(workingDays(at('2026-11-20T03:00:00Z'), at('2026-11-23T03:00:00Z'), none, true)).toBe(3);
  });

  it('leave holidays out', () => {
    expect(workingDays(at('2026-12-03T03:00:00Z'), at('2026-12-08T03:00:00Z'), new Set(['2026-12-07']), false)).toBe(2);
  });

  it('are none for the same day, and for one that is over', () => {
    expect(workingDays(at('2026-11-23T03:00:00Z'), at('2026-11-23T09:00:00Z'), none, false)).toBe(0);
    expect(workingDays(at('2026-11-25T03:00:00Z'), at('2026-11-23T09:00:00Z'), none, false)).toBe(0);
  });

  it('begin at midnight in Bangkok', () => expect(dayOf(at('2026-11-22T17:00:00Z'))).toBe('2026-11-23'));

  it('know a clock that never rests', () => {
    expect(neverRests(at('2026-11-23T00:00:00Z'), at('2026-11-24T00:00:00Z'), 1440)).toBe(true);
    expect(neverRests(at('2026-11-23T00:00:00Z'), at('2026-11-24T00:00:00Z'), 420)).toBe(false);
  });
});
