// The calls of the floor, by name.

import { asking, read, readList } from '../api';
import type { PageOf } from '../live/paged.svelte';
import type { CallRow, Evidence, Facts, LadderRead } from './wire';

export type Asked = Record<string, string | number | null>;
export const calls = (asked: Asked) => read<PageOf<CallRow>>(asking('/calls', asked));
export const call = (id: string) => read<CallRow>(`/calls/${encodeURIComponent(id)}`);
export const evidence = (id: string) => read<Evidence>(`/calls/${encodeURIComponent(id)}/evidence`);
export const facts = (id: string) => read<Facts>(`/calls/${encodeURIComponent(id)}/events`);
export const ladder = (id: string) => read<LadderRead>(`/calls/${encodeURIComponent(id)}/ladder`);
/** With the whole text of each message. */
export const ladderTexts = (id: string) => read<LadderRead>(`/calls/${encodeURIComponent(id)}/ladder?raw=1`);
export const capture = (id: string) => `/api/v1/calls/${encodeURIComponent(id)}/pcap`;
export const queues = () => readList<{ name: string }>('/queues');
