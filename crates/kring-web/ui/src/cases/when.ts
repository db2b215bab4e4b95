// A day and a time of Bangkok as forms have them, and the instant that they mean.

/** `2026-12-01` and `10:30`; none when the day is missing. */
export function instant(day: string, time: string): string | null {
  return day ? `${day}T${time || '23:59'}:00+07:00` : null;
}

export function dayAndTime(rfc3339: string): { day: string; time: string } {
  const there = new Date(new Date(rfc3339).getTime() + 7 * 3_600_000).toISOString();
  return { day: there.slice(0, 10), time: there.slice(11, 16) };
}
