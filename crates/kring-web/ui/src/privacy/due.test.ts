import { describe, expect, it } from 'vitest';
import { daysLeft } from './due';

describe('the clock of a request', () => {
  it('counts days in Bangkok, where the new day begins at 17:00 UTC', () => {
    expect(daysLeft('2026-12-01T16:59:00Z', new Date('2026-11-30T17:01:00Z'))).toBe(0);
    expect(daysLeft('2026-12-01T17:01:00Z', new Date('2026-11-30T17:01:00Z'))).toBe(1);
    expect(daysLeft('2026-11-29T03:00:00Z', new Date('2026-11-30T03:00:00Z'))).toBe(-1);
  });
});
