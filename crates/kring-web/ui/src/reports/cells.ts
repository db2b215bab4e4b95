// How the cells of a report are read, by the unit of their column.

import { count, seconds, share } from '../format/amount';
import { dayAndClock, length, type Lang } from '../format/date';
import { thaiNumber } from '../format/number';
import { dayShort, isDay, monthNamed } from '../format/span';
import type { Cell, Column } from './wire';

/** Figures stand to the right. */
export const figure = (column: Column) => ['count', 'pct', 'ms'].includes(column.unit);
export const named = (column: Column, lang: Lang) => (lang === 'th' ? column.th : column.en);

export function shown(column: Column, cell: Cell, lang: Lang): string {
  if (cell === null || cell === undefined || cell === '') return '–';
  if (typeof cell === 'boolean') return cell ? '✓' : '–';
  if (typeof cell === 'number') {
    if (column.unit === 'pct') return `${share(cell)}%`;
    if (column.unit === 'ms') return cell < 60_000 ? `${seconds(cell)} ${lang === 'th' ? 'วิ' : 's'}` : length(cell);
    if (column.unit === 'hour') return hour(cell, lang);
    return count(cell);
  }
  if (column.unit === 'date') return isDay(cell.slice(0, 10)) ? (cell.length > 10 ? dayAndClock(cell, lang) : dayShort(cell, lang)) : cell;
  if (column.unit === 'time') return dayAndClock(cell, lang);
  if (column.unit === 'month') return /^\d{4}-\d\d/.test(cell) ? monthNamed(cell.slice(0, 7), lang) : cell;
  if (column.unit === 'hour') return hour(Number(cell.slice(0, 2)), lang);
  return column.key === 'number' ? thaiNumber(cell) : cell;
}

export const hour = (n: number, lang: Lang) => `${String(n).padStart(2, '0')}${lang === 'th' ? ' น.' : ':00'}`;

/** A row's calls on the page of calls. */
export const linked = (link: string | null | undefined) => (link ? link.replace(/^\/api\/v1/, '') : null);
