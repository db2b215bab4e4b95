// The holidays of a year as they are typed or pasted from the announcement: a line a day, its date first.
// Both eras and Thai months are read; a line that cannot be read is told, not dropped.

export type Line = { at: number; text: string; day?: string; name?: string };

const months = 'มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม'.split(' ');
const short = 'ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.'.split(' ');
const weekday = /^(?:วัน)?(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|ศุกร์|เสาร์|อาทิตย์)(?:ที่)?\s*/;

/** `year` (CE) is that of dates that say none. */
export function readYear(typed: string, year: number): Line[] {
  return typed.split('\n').flatMap((raw, at) => {
    const text = raw.trim();
    if (!text) return [];
    const line = thaiDigits(text).replace(/^[•\-*\d]+[.)]\s+/, '').replace(weekday, '');
    const found = iso(line) ?? slashes(line, year) ?? named(line, year);
    return [{ at: at + 1, text, ...(found && found.name && isDay(found.day) ? found : {}) }];
  });
}

const thaiDigits = (text: string) => text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));
const ce = (year: number) => (year >= 2400 ? year - 543 : year);
const two = (n: number) => String(n).padStart(2, '0');
const day = (y: number, m: number, d: number) => `${ce(y)}-${two(m)}-${two(d)}`;
const tidy = (name: string) => name.replace(/^[\s:,|–—-]+/, '').trim();

function iso(line: string) {
  const [, y, m, d, name] = /^(\d{4})-(\d{1,2})-(\d{1,2})\b(.*)$/.exec(line) ?? [];
  return y ? { day: day(+y, +m!, +d!), name: tidy(name!) } : null;
}

function slashes(line: string, year: number) {
  const [, d, m, y, name] = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?\b(.*)$/.exec(line) ?? [];
  return d ? { day: day(y ? +y : year, +m!, +d), name: tidy(name!) } : null;
}

function named(line: string, year: number) {
  const [, d, rest] = /^(\d{1,2})\s*(.*)$/.exec(line) ?? [];
  if (!d || !rest) return null;
  const found = [...months, ...short].map((month, i) => ({ month, n: (i % 12) + 1 })).find(({ month }) => rest.startsWith(month));
  if (!found) return null;
  const [, y, name] = /^\s*(?:พ\.ศ\.\s*)?(\d{4})?(.*)$/.exec(rest.slice(found.month.length))!;
  return { day: day(y ? +y : year, found.n, +d), name: tidy(name!) };
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
