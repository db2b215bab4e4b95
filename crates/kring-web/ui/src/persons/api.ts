// The REST calls of a person's page.

import { asking, change, read, readList, remove, send } from '../api';
import type { PastCase } from '../wire';
import type { Consents, ConsentSaid, NoticeText, Person, PersonRow, Reading } from './wire';

export const person = (id: string) => read<Person>(`/contacts/${encodeURIComponent(id)}`);
export const putRight = (id: string, changes: Partial<PersonRow>, version: number) => change<PersonRow>(`/contacts/${id}`, changes, version);
export const addNumber = (id: string, number: string) => send<Person>(`/contacts/${id}/numbers`, { number });
export const removeNumber = (id: string, number: string) => remove(asking(`/contacts/${id}/numbers`, { number }));
export const notThisPerson = (id: string, number: string) => send<{ undo: string }>(`/contacts/${id}/not-this-person`, { number });
export const thisPerson = (id: string, undo: string) => send<Person>(`/contacts/${id}/this-person`, { undo });
export const historyOf = (id: string) => readList<PastCase>(`/contacts/${id}/history`);
export const duplicatesOf = (id: string) => readList<PersonRow>(`/contacts/${id}/duplicates`);
export const merge = (id: string, from: string) => send<Person>(`/contacts/${id}/merge`, { from });
export const unmerge = (id: string) => send<Person>(`/contacts/${id}/unmerge`);
export const consentsOf = (id: string) => read<Consents>(`/contacts/${id}/consents`);
export const noteConsent = (id: string, purpose: string, said: ConsentSaid) => send<unknown>(`/contacts/${id}/consents`, { purpose, said });
export const noticeTexts = () => readList<NoticeText>('/privacy/texts');
export const readingsOf = (id: string) => readList<Reading>(asking('/privacy/access-log', { contact_id: id, limit: 50 }));
