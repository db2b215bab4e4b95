import { describe, expect, it } from 'vitest';
import { fiscalYearOf, monthsOf, monthSpan } from '../format/span';
import { periodIn, yearBefore } from './period';

const of = (query: string, today = '2026-11-23') => periodIn(new URLSearchParams(query), today);

describe('the period of a report', () => {
  it('is the present month when nothing is said', () => {
    expect(of('')).toMatchObject({ kind: 'month', month: '2026-11', year: 2027, span: { from: '2026-11-01', to: '2026-11-23' } });
  });

  it('is a fiscal year from October, as far as it has come', () => {
    expect(of('from=2026-10-01&to=2026-11-23')).toMatchObject({ kind: 'year', year: 2027 });
    expect(of('from=2025-10-01&to=2026-09-30')).toMatchObject({ kind: 'year', year: 2026 });
  });

  it('is a day, a month that is over, or any days of a link', () => {
    expect(of('from=2026-11-20&to=2026-11-20').kind).toBe('day');
    expect(of('from=2026-02-01&to=2026-02-28')).toMatchObject({ kind: 'month', month: '2026-02', year: 2026 });
    expect(of('from=2026-02-03&to=2026-02-28').kind).toBe('other');
  });

  it('is the present month when the query is nonsense', () => {
    expect(of('from=yesterday&to=2026-13-01').month).toBe('2026-11');
    expect(of('from=2026-11-20&to=2026-11-01').month).toBe('2026-11');
    expect(of('', '2026-11-01')).toMatchObject({ kind: 'month', span: { from: '2026-11-01', to: '2026-11-01' } });
  });

  it('has the same days a year before', () => {
    expect(yearBefore({ from: '2026-10-01', to: '2026-11-23' })).toEqual({ from: '2025-10-01', to: '2025-11-23' });
    expect(yearBefore({ from: '2028-02-29', to: '2028-02-29' })).toEqual({ from: '2027-02-28', to: '2027-02-28' });
  });
});

describe('months and years', () => {
  it('begin in October', () => {
    expect(monthsOf(2027)).toEqual(['2026-10', '2026-11', '2026-12', '2027-01', '2027-02', '2027-03', '2027-04', '2027-05', '2027-06', '2027-07', '2027-08', '2027-09']);
    expect([fiscalYearOf('2026-09-30'), fiscalYearOf('2026-10-01')]).toEqual([2026, 2027]);
    expect(monthSpan('2028-02').to).toBe('2028-02-29');
  });
});
