// Days as the server takes them (`2026-11-23`, Bangkok), months and fiscal years, and what lies between two of them.
// Rule: a fiscal year begins on 1 October and has the number of the year in which it ends.

import { day as dayWords, weekdayAndDay, type Lang } from './date';

const dayMs = 86_400_000;
const bangkokMs = 7 * 3_600_000;

/** The Bangkok day of an instant. */
export const dayOf = (instant: Date) => new Date(instant.getTime() + bangkokMs).toISOString().slice(0, 10);
export const today = () => dayOf(new Date());

/** The first instant of a day, RFC 3339. */
export const startOf = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) - bangkokMs).toISOString();
export const addDays = (day: string, days: number) => new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
/** A day as `YYYY-MM-DD`, and one that is. */
export const isDay = (text: string | null): text is string => text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

/** `จันทร์ 23 พ.ย. 2569`. */
export const dayNamed = (day: string, lang: Lang) => weekdayAndDay(new Date(startOf(day)), lang);
/** `23 พ.ย. 2569`. */
export const dayShort = (day: string, lang: Lang) => dayWords(new Date(startOf(day)), lang);

export type Span = { from: string; to: string };

/** The fiscal year (CE) that a day is in. */
export function fiscalYearOf(day: string): number {
  const year = Number(day.slice(0, 4));
  return Number(day.slice(5, 7)) >= 10 ? year + 1 : year;
}
export const fiscalYear = (year: number): Span => ({ from: `${year - 1}-10-01`, to: `${year}-09-30` });

/** The first and last day of a month (`2026-10`). */
export function monthSpan(month: string): Span {
  const [year, number] = month.split('-').map(Number) as [number, number];
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return { from: `${month}-01`, to: `${month}-${String(last).padStart(2, '0')}` };
}

/** The twelve months of a fiscal year, from October. */
export function monthsOf(year: number): string[] {
  return Array.from({ length: 12 }, (_, i) => {
    const month = ((i + 9) % 12) + 1;
    return `${month >= 10 ? year - 1 : year}-${String(month).padStart(2, '0')}`;
  });
}

/** `2569`, `2026`. */
export const yearNamed = (year: number, lang: Lang) => String(lang === 'th' ? year + 543 : year);
/** `พ.ย.`, `Nov`. */
export const monthShort = (month: string, lang: Lang) => dayShort(`${month}-01`, lang).split(' ')[1]!;
/** `พ.ย. 2569`. */
export const monthNamed = (month: string, lang: Lang) => dayShort(`${month}-01`, lang).split(' ').slice(1).join(' ');
/** `1 ต.ค. 2569 – 23 พ.ย. 2569`, or the day alone. */
export const spanNamed = ({ from, to }: Span, lang: Lang) => (from === to ? dayNamed(from, lang) : `${dayShort(from, lang)} – ${dayShort(to, lang)}`);
