// What REST says of units beyond the desk's directory.

import type { Department, Standing } from '../wire';

export type Desk = { id: string; label: string; extension: string; priority: number; rings: number; active: boolean };
export type Unit = Omit<Department, 'endpoints'> & { hours: string | null; endpoints: Desk[]; version: number };
export type UnitStanding = Standing & { holiday?: { name_th: string; name_en: string } | null };
export type Hours = { hours: string | null; exceptions: { day: string; hours: string; name_th?: string; name_en?: string }[]; tz: string };
export type NamedDay = { day: string; name_th: string; name_en: string };
/** A row of `GET /reports/transfers?by=department`: those of this month. `done_pct` leaves out what was given up. */
export type Success = { department: string | null; total: number; done: number; done_pct: number | null; busy: number; no_answer: number; given_up: number };
/** Of `GET /wallboard`: extensions to which transfers failed today. */
export type Failing = { extension: string; failed: number; total: number };
