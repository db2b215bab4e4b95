// Words for the codes of cases.

import { ApiRefused } from '../api';
import { day } from '../format/date';
import { text } from '../text/text.svelte';
import { refusalSaid } from '../text/words';
import type { Activity, CaseOutcome, CaseStatus, Sla, VideoState, WrittenKind } from './wire';
import { words } from './words';
import { neverRests, workingDays } from './working_days';

const t = () => words.t;

export const statusName = (status: CaseStatus): string =>
  ({
    open: t().statusOpen,
    in_progress: t().statusInProgress,
    waiting_unit: t().statusWaitingUnit,
    waiting_citizen: t().statusWaitingCitizen,
    answered: t().statusAnswered,
    closed: t().statusClosed,
    reopened: t().statusReopened,
  })[status] ?? status;

export const outcomeName = (outcome: CaseOutcome): string =>
  ({
    resolved: t().outcomeResolved,
    forwarded: t().outcomeForwarded,
    no_grounds: t().outcomeNoGrounds,
    withdrawn: t().outcomeWithdrawn,
    unreachable: t().outcomeUnreachable,
    duplicate: t().outcomeDuplicate,
    unresolved: t().outcomeUnresolved,
  })[outcome] ?? outcome;

export const writtenName = (kind: WrittenKind): string =>
  ({ note: t().wroteNote, called: t().wroteCalled, wrote: t().wroteWrote, unit_answered: t().wroteUnit })[kind];

export const videoStateName = (state: VideoState): string =>
  ({ booked: t().videoBooked, held: t().videoHeld, missed: t().videoMissed, cancelled: t().videoCancelled })[state];

/** Of `subject, fields, extension`, as an activity lists them. */
function fieldsSaid(list: string): string {
  const names: Record<string, string> = {
    subject: t().subject, detail: t().detail, fields: t().fieldsName, department: t().unit, department_id: t().unit, extension: t().extension,
    resolution: t().resolution, confidentiality: t().secrecy, due: t().due, outcome: t().outcome,
  };
  return list.split(/,\s*/).map((name) => names[name] ?? name).join(' · ');
}

/** What was done, in a line; what was written with it stands apart. */
export function activitySaid({ kind, text: said, status_to }: Activity): { did: string; note: string } {
  switch (kind) {
    case 'opened':
      return { did: t().didOpened, note: said };
    case 'status':
      return { did: t().didStatus(status_to ? statusName(status_to) : ''), note: said };
    case 'changed':
      return { did: t().didChanged(fieldsSaid(said)), note: '' };
    case 'attached':
      return { did: t().didAttached(said), note: '' };
    case 'follow_up':
      return { did: said.startsWith('✓') ? t().didFollowUp(said.slice(1).trim()) : t().didPlanned(said), note: '' };
    case 'video': {
      const [state, ...officer] = said.split(' ');
      const did = { booked: t().didBooked, held: t().didHeld, missed: t().didMissed, cancelled: t().didCancelled }[state as VideoState];
      return { did: did ? did(officer.join(' ')) : said, note: '' };
    }
    default:
      return { did: said, note: '' };
  }
}
/** `person LOGIN` by their name where it is known; a program by its own. */
export function whoSaid(who: string, names: ReadonlyMap<string, string>): string {
  const [kind, ...rest] = who.split(' ');
  const login = rest.join(' ');
  if (kind === 'person') return names.get(login) ?? login;
  return kind === 'program' ? login : t().system;
}

export type Left = { words: string; late: boolean; days: number; always: boolean };

/** What the clock says in a few words. */
export function slaSaid(sla: Sla | null, holidays: ReadonlySet<string>, now = new Date()): Left {
  const plain = (said: string): Left => ({ words: said, late: false, days: 0, always: false });
  if (!sla) return plain(t().slaNone);
  if (sla.state === 'stopped') return plain(t().slaStopped);
  if (sla.state === 'met') return plain(t().slaMet);
  if (!sla.due) return plain(t().slaNone);
  const due = new Date(sla.due);
  if (sla.state === 'late') {
    const days = workingDays(due, now, holidays, false);
    return { words: days > 0 ? t().slaLateBy(days) : t().slaLateToday, late: true, days, always: false };
  }
  const always = neverRests(now, due, sla.remaining_working_minutes);
  const days = workingDays(now, due, holidays, always);
  return { words: days === 0 ? t().slaToday : always ? t().slaLeftDays(days) : t().slaLeft(days), late: false, days, always };
}

/** `2026-11-20` as people write it. */
export const daySaid = (iso: string): string => {
  const at = new Date(`${iso}T05:00:00Z`);
  return Number.isNaN(at.getTime()) ? iso : day(at, text.lang);
};

/** Why nobody was called: whoever places a call has to be ready for one. */
export const callRefused = (failure: unknown): string => (failure instanceof ApiRefused && failure.code === 'agent_busy' ? t().callBusy : refusalSaid(failure));

/** Why something of a case was not done. Whoever is told that others were faster sees by then what they did. */
export const caseRefused = (failure: unknown): string => (failure instanceof ApiRefused && failure.problem.status === 412 ? text.t.overtaken : refusalSaid(failure));

export function bytesSaid(bytes: number): string {
  return bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`;
}
