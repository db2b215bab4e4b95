// The REST calls of the PDPA desk, by name.

import { asking, read, send } from '../api';
import type { PageOf } from '../live/paged.svelte';
import type { Access, CarriedOut, Consents, NewRequest, Person, Request } from './wire';

const at = (id: string) => `/privacy/requests/${encodeURIComponent(id)}`;

export const requests = (status: string | null, cursor: string | null) => read<PageOf<Request>>(asking('/privacy/requests', { status, cursor, limit: 50 }));
export const request = (id: string) => read<Request>(at(id));
export const takeIn = (body: NewRequest) => send<Request>('/privacy/requests', body);
export const carryOut = (id: string, dryRun: boolean) => send<CarriedOut>(`${at(id)}/carry-out`, { dry_run: dryRun });
export const refuse = (id: string, reason: string) => send<Request>(`${at(id)}/refuse`, { reason });

export const persons = (q: string) => read<PageOf<Person>>(asking('/contacts', { q, limit: 20 }));
export const person = (id: string) => read<Person>(`/contacts/${encodeURIComponent(id)}`);
export const accessLog = (contact: string, cursor: string | null) => read<PageOf<Access>>(asking('/privacy/access-log', { contact_id: contact, cursor, limit: 50 }));
export const consents = (contact: string) => read<Consents>(`/contacts/${encodeURIComponent(contact)}/consents`);
export const noteConsent = (contact: string, purpose: string, said: string) => send<unknown>(`/contacts/${encodeURIComponent(contact)}/consents`, { purpose, said });
/** A file: it is handed out as it is, and that it was is in the audit. */
export const exportFile = (of: { contact_id?: string | null; number?: string | null }, format: 'json' | 'html') => `/api/v1${asking('/privacy/export', { ...of, format })}`;
