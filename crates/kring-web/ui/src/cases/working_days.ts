// Days of work between two instants, as a case's clock counts them: Saturdays, Sundays and holidays are none,
// unless the clock never rests.

const dayMs = 86_400_000;
const bangkokMs = 7 * 3_600_000;

/** `2026-11-23` of an instant in Bangkok. */
export const dayOf = (instant: Date) => new Date(instant.getTime() + bangkokMs).toISOString().slice(0, 10);

function works(day: string, holidays: ReadonlySet<string>): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(day);
}

/** The days after the first instant's day, up to and with the last one's; 0 when it is not later. */
export function workingDays(from: Date, to: Date, holidays: ReadonlySet<string>, always: boolean): number {
  const last = Date.parse(dayOf(to));
  let days = 0;
  for (let at = Date.parse(dayOf(from)) + dayMs; at <= last && days < 1_000; at += dayMs) {
    if (always || works(new Date(at).toISOString().slice(0, 10), holidays)) days += 1;
  }
  return days;
}

/** Whether as many minutes of work are left as minutes: the unit's hours have no end. */
export function neverRests(now: Date, due: Date, remainingMinutes: number): boolean {
  const minutes = (due.getTime() - now.getTime()) / 60_000;
  return minutes > 0 && Math.abs(minutes - remainingMinutes) < 3;
}
