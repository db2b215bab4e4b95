// What administration reads and writes over REST.

import type { Role } from '../shell/places';

export type User = {
  login: string;
  name: string;
  role: Role;
  devices: string[];
  auto_answer: boolean;
  record?: boolean;
  queues: string[];
  skills: string[];
  department_id?: string | null;
  disabled: boolean;
  has_password: boolean;
  must_change: boolean;
  oidc: boolean;
  created?: string | null;
  last_sign_in?: string | null;
};
export type UserWithPassword = User & { one_time_password?: string | null };
export type UserFields = { name: string; role: string; devices: string[]; auto_answer: boolean; record: boolean; queues: string[]; skills: string[]; department_id: string };

export type Endpoint = { id: string; extension: string; label: string; priority: number; rings: number; active: boolean; version: number };
export type Unit = {
  id: string;
  short: string;
  name_th: string;
  name_en: string;
  website: string;
  hotline?: string | null;
  hours?: string | null;
  topics: string[];
  sort: number;
  endpoints: Endpoint[];
  version: number;
};
export type Exception = { day: string; hours: string; name_th: string; name_en?: string };
export type Hours = { hours?: string | null; exceptions: Exception[]; tz: string; version: number };
export type UnitStanding = { open: boolean; reason?: 'hours' | 'holiday' | null; next_open?: string | null; at: string; holiday?: NamedDay | null };
export type Imported = { added: string[]; changed: string[]; left: string[]; dry_run: boolean };
export type ImportMistake = { row: number; column: string; text_th: string; text_en: string };

export type NamedDay = { day: string; name_th: string; name_en: string };
export type Holidays = { items: NamedDay[]; configured: string[] };

export type Token = { name: string; scopes: string[]; created: string; expires_at?: string | null; last_used?: string | null; made_by: string };
export type TokenWithSecret = Token & { secret: string };

export type Rule = { what: 'cases' | 'contacts' | 'callers' | 'access_log' | 'recordings'; days?: number | null };
export type Taken = { dry_run: boolean; items: { what: Rule['what']; days: number; taken: number }[] };
export type NoticeText = { purpose: string; version: number; text_th: string; text_en: string; since: string; by: string };

export type AuditLine = { id: string; at: string; who: string; action: string; subject: string; was: unknown; is: unknown };
export type Reloaded = { changed: string[]; needs_restart: string[] };
