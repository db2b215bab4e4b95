// The REST calls of the knowledge.

import { act, ask, asking, change, read, readList, remove, send } from '../api';
import type { PageOf } from '../live/paged.svelte';
import type { DocumentFile, Found, Gap, Imported, Source, SourceChanges, Synonym, Version } from './wire';

export type SearchFilter = { q: string; kind?: string; department?: string; all?: boolean };
export const search = (filter: SearchFilter, cursor: string | null) => read<Found>(asking('/knowledge/search', { ...filter, all: filter.all || undefined, cursor, limit: 20 }));
export type ListFilter = { kind?: string; department?: string; status?: string };
export const sources = (filter: ListFilter, cursor: string | null) => read<PageOf<Source>>(asking('/knowledge/sources', { ...filter, cursor, limit: 30 }));
export const source = (id: string) => read<Source>(`/knowledge/sources/${encodeURIComponent(id)}`);
export const addSource = (fields: SourceChanges) => send<Source>('/knowledge/sources', fields);
export const changeSource = (id: string, changes: SourceChanges, version: number) => change<Source>(`/knowledge/sources/${id}`, changes, version);
export const removeSource = (id: string) => remove(`/knowledge/sources/${id}`);
export const versions = (id: string) => readList<Version>(`/knowledge/sources/${id}/versions`);
export const filePage = (id: string) => `/api/v1/knowledge/sources/${id}/file`;
export const reviews = () => read<PageOf<Source>>(asking('/knowledge/reviews', { limit: 200 }));
export const gaps = (status: string) => readList<Gap>(asking('/knowledge/gaps', { status, limit: 200 }));
export const noteGap = (q: string) => act('/knowledge/gaps', { q }).then(() => undefined);
export const answerGap = (gap: Gap, answered_by: string | null) => change<Gap>(`/knowledge/gaps/${gap.id}`, { answered_by }, gap.version);
export const synonyms = () => readList<Synonym>('/knowledge/synonyms');
export const addSynonym = (words: string[]) => send<Synonym>('/knowledge/synonyms', { words });
export const changeSynonym = (group: Synonym, words: string[]) => change<Synonym>(`/knowledge/synonyms/${group.id}`, { words }, group.version, 'PUT');
export const removeSynonym = (id: string) => remove(`/knowledge/synonyms/${id}`);
export const documents = () => readList<DocumentFile>('/knowledge/documents');
export const importFile = async (text: string, dryRun: boolean) =>
  (await (await ask(`/knowledge/import?dry_run=${dryRun}`, { method: 'POST', raw: text, headers: { 'content-type': 'text/csv' } })).json()) as Imported;
