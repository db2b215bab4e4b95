// The REST calls of administration, by name.

import { asking, ask, change, read, readList, remove, send } from '../api';
import type { PageOf } from '../live/paged.svelte';
import type {
  AuditLine, Endpoint, Exception, Holidays, Hours, Imported, NamedDay, NoticeText, Reloaded, Rule, Taken, Token, TokenWithSecret, Unit, UnitStanding, User, UserFields, UserWithPassword,
} from './wire';

const part = encodeURIComponent;

export const users = () => readList<User>('/users');
export const user = (login: string) => read<User>(`/users/${part(login)}`);
export const addUser = (body: UserFields & { login: string; sign_in: 'password' | 'oidc' }) => send<UserWithPassword>('/users', body);
export const changeUser = (login: string, body: Partial<UserFields> & { disabled?: boolean }) => change<User>(`/users/${part(login)}`, body);
export const resetUser = (login: string) => send<UserWithPassword>(`/users/${part(login)}/reset`);
export const signOutUser = (login: string) => remove(`/users/${part(login)}/sessions`);

export const queueNames = () => readList<{ name: string }>('/queues');
export const phoneUsers = () => readList<{ user: string; name: string; agent?: string | null }>('/phones');

export const units = () => readList<Unit>('/departments');
export const unit = (id: string) => read<Unit>(`/departments/${part(id)}`);
export type UnitFields = { short: string; name_th: string; name_en: string; website: string; hotline: string; topics: string[]; sort: number | null };
export const addUnit = (body: Partial<UnitFields>) => send<Unit>('/departments', body);
export const changeUnit = (id: string, body: Partial<UnitFields>, version: number) => change<Unit>(`/departments/${part(id)}`, body, version);
export const removeUnit = (id: string) => remove(`/departments/${part(id)}`);
export type EndpointFields = { extension: string; label: string; priority: number | null; rings: number; active: boolean };
export const addEndpoint = (unit: string, body: Partial<EndpointFields>) => send<Endpoint>(`/departments/${part(unit)}/endpoints`, body);
export const changeEndpoint = (unit: string, id: string, body: Partial<EndpointFields>, version: number) =>
  change<Endpoint>(`/departments/${part(unit)}/endpoints/${part(id)}`, body, version);
export const removeEndpoint = (unit: string, id: string) => remove(`/departments/${part(unit)}/endpoints/${part(id)}`);
export const hours = (unit: string) => read<Hours>(`/departments/${part(unit)}/hours`);
export const setHours = (unit: string, body: { hours: string | null; exceptions: Exception[] }, version: number) =>
  change<Hours>(`/departments/${part(unit)}/hours`, body, version, 'PUT');
export const unitStanding = (unit: string, at?: string) => read<UnitStanding>(asking(`/departments/${part(unit)}/status`, { at }));
export const importUnits = async (file: string, dryRun: boolean) =>
  (await (await sendCsv(`/departments/import?dry_run=${dryRun}`, file)).json()) as Imported;

/** A file goes as it is, not as JSON. */
async function sendCsv(path: string, file: string): Promise<Response> {
  return ask(path, { method: 'POST', raw: file, headers: { 'content-type': 'text/csv' } });
}

export const holidays = () => read<Holidays>('/holidays');
export const addHoliday = (body: { day: string; name_th: string; name_en?: string }) => send<NamedDay>('/holidays', body);
export const removeHoliday = (day: string) => remove(`/holidays/${part(day)}`);

export const tokens = () => readList<Token>('/tokens');
export const addToken = (body: { name: string; scopes: string[]; expires_at?: string }) => send<TokenWithSecret>('/tokens', body);
export const removeToken = (name: string) => remove(`/tokens/${part(name)}`);

export const rules = () => readList<Rule>('/privacy/retention');
export const setRule = (what: Rule['what'], days: number) => change<{ items: Rule[] }>('/privacy/retention', { what, days }, undefined, 'PUT');
export const runRules = (dryRun: boolean) => send<Taken>('/privacy/retention/run', { dry_run: dryRun });
export const texts = () => readList<NoticeText>('/privacy/texts');
export const addText = (body: { purpose: string; text_th: string; text_en: string }) => send<NoticeText>('/privacy/texts', body);

export type AuditFilter = { who?: string | null; action?: string | null; subject?: string | null; from?: string | null; to?: string | null };
export const audit = (filter: AuditFilter, cursor: string | null) => read<PageOf<AuditLine>>(asking('/audit', { ...filter, cursor, limit: 50 }));
export const auditFile = (filter: AuditFilter) => `/api/v1${asking('/audit/export', filter)}`;
export const reload = () => send<Reloaded>('/settings/reload');
