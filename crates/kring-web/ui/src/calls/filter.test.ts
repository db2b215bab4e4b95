import { describe, expect, it } from 'vitest';
import { today } from '../format/span';
import { askedOf, chipIn, chipQuery, dayIn, others } from './filter';

const query = (text: string) => new URLSearchParams(text);

describe('what the log asks for', () => {
  it('is today in Bangkok when nothing is said', () => {
    expect(dayIn(query(''))).toBe(today());
    expect(dayIn(query('day=nonsense'))).toBe(today());
  });

  it('is a day from its first instant to the next one', () => {
    expect(askedOf(query('day=2026-11-23&agent=malee'), 13, null)).toEqual({ agent: 'malee', from: '2026-11-22T17:00:00.000Z', until: '2026-11-23T17:00:00.000Z', limit: 13, cursor: null });
  });

  it('is every day, or the time that a link brings, without a day of its own', () => {
    expect(askedOf(query('day=all&q=๐๘๑'), 10, 'c')).toEqual({ q: '๐๘๑', limit: 10, cursor: 'c' });
    expect(dayIn(query('from=2026-10-01T00:00:00Z&result=within'))).toBeNull();
    expect(askedOf(query('case_from=2026-10-01T00:00:00Z&kind=tip'), 10, null)).toEqual({ case_from: '2026-10-01T00:00:00Z', kind: 'tip', limit: 10, cursor: null });
  });

  it('has one chip that holds, and what has no control of its own is shown to be taken away', () => {
    expect(chipIn(query('unfinished=true'))).toBe('unfinished');
    expect(chipIn(query('outcome=rescued'))).toBe('rescued');
    expect(chipIn(query('outcome=failed'))).toBe('all');
    expect(chipQuery('unfinished')).toEqual({ outcome: null, unfinished: 'true' });
    expect(others(query('day=2026-11-23&q=x&result=any&ring=3'))).toEqual([['result', 'any'], ['ring', '3']]);
  });
});
