// The REST calls of cases.

import { act, asking, change, read, readList, remove, send } from '../api';
import type { PageOf } from '../live/paged.svelte';
import type { Activity, AgentRow, Attachment, AttachedSource, AuditLine, Booking, Case, CaseChanges, CaseFilter, FollowUp, Holidays, Opening, VideoSession, WrittenKind } from './wire';

export const cases = (filter: CaseFilter, cursor: string | null) => read<PageOf<Case>>(asking('/cases', { ...filter, cursor }));
export const caseById = (id: string) => read<Case>(`/cases/${encodeURIComponent(id)}`);
export const caseByRef = (ref: string) => read<Case>(`/cases/by-ref/${encodeURIComponent(ref)}`);
export const openCase = (opening: Opening) => send<Case>('/cases', opening);
export const changeCase = (id: string, changes: CaseChanges, version: number) => change<Case>(`/cases/${id}`, changes, version);

export const activities = (id: string) => readList<Activity>(`/cases/${id}/activities`);
export const addActivity = (id: string, kind: WrittenKind, text: string) => send<Activity>(`/cases/${id}/activities`, { kind, text });

export const followUpsOf = (id: string) => readList<FollowUp>(`/cases/${id}/follow-ups`);
export const planFollowUp = (id: string, plan: { due: string; what: string; assigned_to: string }) => send<FollowUp>(`/cases/${id}/follow-ups`, plan);
export const changeFollowUp = (id: string, changes: Partial<{ due: string; what: string; assigned_to: string; done: boolean }>, version: number) =>
  change<FollowUp>(`/follow-ups/${id}`, changes, version);
export const followUps = (filter: { due?: string; assigned_to?: string }) => readList<FollowUp>(asking('/follow-ups', { ...filter, limit: 200 }));

export const videosOf = (id: string) => readList<VideoSession>(`/cases/${id}/video-sessions`);
export const bookVideo = (id: string, booking: Booking) => send<VideoSession>(`/cases/${id}/video-sessions`, booking);
export type VideoChanges = Partial<{ slot: string; minutes: number; officer: string; channel: string; state: string; outcome: string; reminded: boolean }>;
export const changeVideo = (id: string, changes: VideoChanges, version: number) => change<VideoSession>(`/video-sessions/${id}`, changes, version);
export const videos = (filter: { from?: string; until?: string; reminder?: string; state?: string }) => readList<VideoSession>(asking('/video-sessions', { ...filter, limit: 200 }));

export const attachments = (id: string) => readList<Attachment>(`/cases/${id}/attachments`);
export const attachmentPage = (id: string) => `/api/v1/attachments/${id}`;

export const knowledgeOf = (id: string) => readList<AttachedSource>(`/cases/${id}/knowledge`);
export const attachKnowledge = (id: string, source: string) => act(`/cases/${id}/knowledge`, { source_id: source }).then(() => undefined);
export const detachKnowledge = (id: string, source: string) => remove(`/cases/${id}/knowledge/${source}`);

/** Who has opened what a tip says; for those who read the audit. */
export const tipReaders = (id: string) => readList<AuditLine>(asking('/audit', { action: 'tip.read', subject: id, limit: 200 }));
export const holidays = () => read<Holidays>('/holidays');
export const agents = () => readList<AgentRow>('/agents');
/** Calls a person: the agent's phone rings first. */
export const callBack = (number: string, case_id?: string) => act('/calls', { number, ...(case_id ? { case_id } : {}) }).then(() => undefined);
