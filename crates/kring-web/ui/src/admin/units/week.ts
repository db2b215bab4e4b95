// Opening hours as the server writes them, `mon-fri 08:30-12:00,13:00-16:30; sat 09:00-12:00`, and as a week of
// seven days with spans, as a person edits them.
// Rule: what cannot be read is left alone; nothing is guessed.

export const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof days)[number];
export type Span = { from: string; to: string };
export type Week = Record<Day, Span[]>;

export const emptyWeek = (): Week => ({ mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] });

/** Nothing for what is no week of spans, `always` among it. */
export function readWeek(text: string): Week | null {
  const week = emptyWeek();
  for (const part of text.split(';').map((one) => one.trim()).filter(Boolean)) {
    const [, named, spans] = /^([a-z,\s-]+?)\s+([\d:,\s-]+)$/.exec(part) ?? [];
    const [on, times] = [named && daysOf(named), spans && spansOf(spans)];
    if (!on || !times) return null;
    for (const day of on) week[day] = [...week[day], ...times];
  }
  return week;
}

function daysOf(named: string): Day[] | null {
  const found: Day[] = [];
  for (const part of named.split(',').map((one) => one.trim())) {
    const [first, last = first] = part.split('-').map((one) => days.indexOf(one.trim() as Day));
    if (first === undefined || last === undefined || first < 0 || last < first) return null;
    found.push(...days.slice(first, last + 1));
  }
  return found;
}

export function spansOf(text: string): Span[] | null {
  const spans = text.split(',').map((one) => /^(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)$/.exec(one.trim()));
  if (spans.some((span) => span === null)) return null;
  return spans.map((span) => ({ from: span![1]!.padStart(5, '0'), to: span![2]!.padStart(5, '0') }));
}

export const spansWritten = (spans: Span[]) => spans.map(({ from, to }) => `${from}-${to}`).join(',');

/** Days beside each other with the same spans are written as one. */
export function writeWeek(week: Week): string {
  const groups: { first: Day; last: Day; at: number; spans: string }[] = [];
  days.forEach((day, at) => {
    const spans = spansWritten(week[day]);
    const before = groups.at(-1);
    if (before && before.spans === spans && before.at === at - 1) Object.assign(before, { last: day, at });
    else if (spans) groups.push({ first: day, last: day, at, spans });
  });
  return groups.map(({ first, last, spans }) => `${first === last ? first : `${first}-${last}`} ${spans}`).join('; ');
}

/** A time as it is typed: `830`, `8.30` and `08:30` are one; what is no time stays as it is. */
export function clockTyped(typed: string): string {
  const [, hours, rest] = /^(\d{1,2})[:.]?(\d\d)$/.exec(typed.trim()) ?? /^(\d{1,2})()$/.exec(typed.trim()) ?? [];
  if (hours === undefined || Number(hours) > 24 || Number(rest || 0) > 59) return typed.trim();
  return `${hours.padStart(2, '0')}:${rest || '00'}`;
}

const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** What is wrong with a day: a span that has no length or lies over another. Over midnight is right. */
export function wrongDay(spans: Span[]): 'empty' | 'overlap' | null {
  if (spans.some(({ from, to }) => !/^\d\d:\d\d$/.test(from) || !/^\d\d:\d\d$/.test(to) || from === to)) return 'empty';
  const sorted = [...spans].sort((a, b) => minutes(a.from) - minutes(b.from));
  const overlap = sorted.some((span, i) => i > 0 && minutes(span.from) < minutes(sorted[i - 1]!.to));
  return overlap ? 'overlap' : null;
}

/** Where a span lies in its day, in parts of a hundred; the part after midnight is on the next day. */
export function drawn({ from, to }: Span): { left: number; width: number } {
  const [begin, end] = [minutes(from), minutes(to)];
  return { left: (begin / 1440) * 100, width: (((end > begin ? end : 1440) - begin) / 1440) * 100 };
}
