// The clock of a request in words: whole days in Bangkok, so that "today" is today.

import { words } from './words';
import type { Request } from './wire';

const dayOf = (instant: Date) => Math.floor((instant.getTime() + 7 * 3_600_000) / 86_400_000);

export const daysLeft = (due: string, now: Date) => dayOf(new Date(due)) - dayOf(now);

export function dueSaid(request: Request, now: Date): string {
  if (request.status !== 'open') return '';
  const days = daysLeft(request.due, now);
  return days > 0 ? words.t.left(days) : days === 0 ? words.t.today : words.t.over(-days);
}
