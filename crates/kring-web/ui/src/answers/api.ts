import { asking, read, readList, remove, send } from '../api';
import type { Attached, Found, Source } from './wire';

/** `ownUnit`: what this unit says comes first. */
export const search = (q: string, ownUnit: string | null) => read<Found>(asking('/knowledge/search', { q, own_unit: ownUnit, limit: 12 }));
/** Of one unit, or of all: the newest first. */
export const newest = (department: string | null) => readList<Source>(asking('/knowledge/sources', { department, limit: 8 }));
export const source = (id: string) => read<Source>(`/knowledge/sources/${id}`);
export const fileOf = (id: string) => `/api/v1/knowledge/sources/${id}/file`;
export const attached = (call: string) => readList<Attached>(`/calls/${call}/knowledge`);
export const attach = (call: string, id: string) => send<{ items: Attached[] }>(`/calls/${call}/knowledge`, { source_id: id });
export const detach = (call: string, id: string) => remove(`/calls/${call}/knowledge/${id}`);
export const noteGap = (q: string, call: string | null) => send<unknown>('/knowledge/gaps', call ? { q, call } : { q });
