// Which days a report is of, from the query of the page: a day, a month, or a fiscal year as far as it has come.
// Rule: a query that says nothing, or nonsense, is the present month.

import { addDays, fiscalYear, fiscalYearOf, isDay, monthSpan, type Span } from '../format/span';

export type Period = { kind: 'day' | 'month' | 'year' | 'other'; span: Span; year: number; month: string | null };

export function periodIn(query: URLSearchParams, today: string): Period {
  const from = query.get('from');
  const to = query.get('to');
  const span = isDay(from) && isDay(to) && from <= to ? { from, to } : upTo(monthSpan(today.slice(0, 7)), today);
  const year = fiscalYearOf(span.from);
  const whole = upTo(fiscalYear(year), today);
  if (span.from === span.to && (from !== null || today.slice(8) !== '01')) return { kind: 'day', span, year, month: null };
  if (span.from === whole.from && span.to === whole.to) return { kind: 'year', span, year, month: null };
  const month = span.from.slice(0, 7);
  const monthly = upTo(monthSpan(month), today);
  if (span.from === monthly.from && span.to === monthly.to) return { kind: 'month', span, year, month };
  return { kind: 'other', span, year, month: null };
}

/** Days to come have nothing to tell. */
export const upTo = (span: Span, today: string): Span => (span.to > today && span.from <= today ? { ...span, to: today } : span);

/** The same days a year before. */
export function yearBefore({ from, to }: Span): Span {
  const back = (day: string) => {
    const moved = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
    // 29 February has no year before.
    return isDay(moved) && new Date(`${moved}T00:00:00Z`).toISOString().slice(0, 10) === moved ? moved : addDays(`${moved.slice(0, 7)}-01`, 27);
  };
  return { from: back(from), to: back(to) };
}
