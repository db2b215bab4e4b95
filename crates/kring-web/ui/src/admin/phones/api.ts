// The REST calls of phones.

import { change, readList, remove, send } from '../../api';
import type { Phone, PhoneSecret, Srtp } from './wire';

const at = (user: string) => `/phones/${encodeURIComponent(user)}`;

export const phones = () => readList<Phone>('/phones');
export const addPhone = (body: { user: string; name: string }) => send<PhoneSecret>('/phones', body);
export const changePhone = (user: string, body: { name?: string; disabled?: boolean; srtp?: Srtp | null; symmetric?: boolean }) => change<Phone>(at(user), body);
export const renewSecret = (user: string) => send<PhoneSecret>(`${at(user)}/secret`);
export const removePhone = (user: string) => remove(at(user));
