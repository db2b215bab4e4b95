// What REST says of units beyond the desk's directory.

import type { Department, Standing } from '../wire';

export type Desk = { id: string; label: string; extension: string; priority: number; rings: number; active: boolean };
export type Unit = Omit<Department, 'endpoints'> & { hours: string | null; endpoints: Desk[]; version: number };
export type UnitStanding = Standing & { holiday?: { name_th: string; name_en: string } | null };
export type Hours = { hours: string | null; exceptions: { day: string; hours: string; name_th?: string; name_en?: string }[]; tz: string };
export type NamedDay = { day: string; name_th: string; name_en: string };
/** Of `GET /wallboard`: extensions to which transfers failed today. */
export type Failing = { extension: string; failed: number; total: number };
