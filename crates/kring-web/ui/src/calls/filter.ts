// What the list is filtered by. The query of the page has the names of `GET /calls`, so that a report's link is one
// of this page; `day` is the page's own: that day from its first instant to its last.

import { addDays, isDay, startOf, today } from '../format/span';
import type { Asked } from './api';

/** The day that is shown; null when the query says another time, or none. */
export function dayIn(query: URLSearchParams): string | null {
  if (['from', 'until', 'case_from', 'case_until'].some((name) => query.has(name)) || query.get('day') === 'all') return null;
  const day = query.get('day');
  return isDay(day) ? day : today();
}

/** Whether a link brought a time of its own. */
export const hasSpan = (query: URLSearchParams) => query.has('from') || query.has('until');

/** What `GET /calls` is asked. What the page does not know goes there too: the server says what is wrong with it. */
export function askedOf(query: URLSearchParams, limit: number, cursor: string | null): Asked {
  const asked: Asked = {};
  for (const [name, value] of query) if (name !== 'day') asked[name] = value;
  const day = dayIn(query);
  if (day) {
    asked['from'] = startOf(day);
    asked['until'] = startOf(addDays(day, 1));
  }
  return { ...asked, limit, cursor };
}

export type Chip = 'all' | 'answered' | 'rescued' | 'abandoned' | 'rejected' | 'unfinished';
export const chips: Chip[] = ['all', 'answered', 'rescued', 'abandoned', 'rejected', 'unfinished'];

export function chipIn(query: URLSearchParams): Chip {
  if (query.get('unfinished') === 'true') return 'unfinished';
  const outcome = query.get('outcome') as Chip | null;
  return outcome && chips.includes(outcome) ? outcome : 'all';
}

export const chipQuery = (chip: Chip): Record<string, string | null> => ({
  outcome: chip === 'all' || chip === 'unfinished' ? null : chip,
  unfinished: chip === 'unfinished' ? 'true' : null,
});

/** Filters of a link that have no control on the page, and are shown to be taken away. */
export const others = (query: URLSearchParams): [string, string][] =>
  [...query].filter(([name]) => !['day', 'from', 'until', 'outcome', 'queue', 'agent', 'q', 'unfinished'].includes(name));
