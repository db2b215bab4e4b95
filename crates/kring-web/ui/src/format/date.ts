// Dates and clocks in Bangkok time: พ.ศ. in Thai, CE in English.
// Rule: stored instants are UTC; the era and the zone are added here and nowhere else.

export type Lang = 'th' | 'en';

const monthsTh = 'ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.'.split(' ');
const monthsEn = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const weekdaysTh = 'อาทิตย์ จันทร์ อังคาร พุธ พฤหัสบดี ศุกร์ เสาร์'.split(' ');
const weekdaysEn = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** Thailand has one zone and no summer time (UTC+7 since 1941). */
const bangkokMs = 7 * 3_600_000;

function inBangkok(instant: Date): Date {
  return new Date(instant.getTime() + bangkokMs);
}

/** `23 พ.ย. 2569`, `23 Nov 2026`. */
export function day(instant: Date, lang: Lang): string {
  const at = inBangkok(instant);
  const year = at.getUTCFullYear();
  const month = at.getUTCMonth();
  return lang === 'th'
    ? `${at.getUTCDate()} ${monthsTh[month]} ${year + 543}`
    : `${at.getUTCDate()} ${monthsEn[month]} ${year}`;
}

/** `จันทร์ 23 พ.ย. 2569`. */
export function weekdayAndDay(instant: Date, lang: Lang): string {
  const names = lang === 'th' ? weekdaysTh : weekdaysEn;
  return `${names[inBangkok(instant).getUTCDay()]} ${day(instant, lang)}`;
}

/** `15:12 น.`, `15:12`. */
export function clock(instant: Date, lang: Lang): string {
  return inBangkok(instant).toISOString().slice(11, 16) + (lang === 'th' ? ' น.' : '');
}

/** `15:12:04 น.`, `15:12:04`. */
export function clockSeconds(instant: Date, lang: Lang): string {
  return inBangkok(instant).toISOString().slice(11, 19) + (lang === 'th' ? ' น.' : '');
}

/** `23 พ.ย. 2569 · 15:12 น.`; text that is no date comes back as it is. */
export function dayAndClock(rfc3339: string, lang: Lang): string {
  const instant = new Date(rfc3339);
  if (Number.isNaN(instant.getTime())) return rfc3339;
  return `${day(instant, lang)} · ${clock(instant, lang)}`;
}

/** A length of time: `02:14`, `1:02:14`. Negative lengths are 00:00. */
export function length(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
