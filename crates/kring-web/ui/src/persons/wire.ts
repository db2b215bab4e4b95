// What REST says of persons.

import type { Contact, PastCase } from '../wire';

export type PersonRow = Contact & { version: number; created: string; vip: boolean; language: string };
export type Merged = { contact: PersonRow; at: string; by: string };
export type Person = PersonRow & { numbers: { canonical: string; display: string }[]; restricted: boolean; notice_due: boolean; merged: Merged[] };

export const consentAnswers = ['notified', 'given', 'refused', 'withdrawn'] as const;
export type ConsentSaid = (typeof consentAnswers)[number];
export type Consent = { id: string; at: string; purpose: string; version: number; said: ConsentSaid; who: string };
export type Consents = { items: Consent[]; notice_due: boolean };
export type NoticeText = { purpose: string; version: number; text_th: string; text_en: string };
export type Reading = { at: string; who: string; what: 'pop' | 'contact' | 'history' | 'lookup' | 'export' };
export type History = PastCase[];
