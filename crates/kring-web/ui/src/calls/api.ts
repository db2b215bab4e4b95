// The calls of the floor, by name.

import { ask, asking, read, readList } from '../api';
import type { PageOf } from '../live/paged.svelte';
import type { CallRow, Evidence, Facts, LadderRead, RecordingRead } from './wire';

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
export const recording = (id: string) => read<RecordingRead>(`/calls/${encodeURIComponent(id)}/recording/info`);
/** A WAV. */
export const sound = (id: string) => `/api/v1/calls/${encodeURIComponent(id)}/recording`;
export const eraseRecording = (id: string, reason: string) =>
  ask(`/calls/${encodeURIComponent(id)}/recording`, { method: 'DELETE', body: { reason } }).then(() => undefined);
