// Words for the server's codes: what the catalogue calls a state, a class, a reason, a refusal.
// A code that this page does not know is shown as it came rather than hidden.

import { ApiRefused } from '../api';
import type { Desk, Farewell } from '../live/desk';
import type { CallerNumber, CaseKind, NoCaseReason, NumberClass, Resolution } from '../wire';
import { thaiNumber } from '../format/number';
import type { Lack } from '../shell/readiness.svelte';
import { words } from '../call/words';
import { text } from './text.svelte';
import type { Catalogue } from './catalogue';

export type Key = { [K in keyof Catalogue]: Catalogue[K] extends string ? K : never }[keyof Catalogue];

const classKeys: Record<NumberClass, Key> = {
  mobile: 'classMobile',
  landline: 'classLandline',
  hotline: 'classHotline',
  shortcode: 'classHotline',
  internal: 'classInternal',
  anon: 'classAnon',
  foreign: 'classForeign',
};
export const className = (of: NumberClass) => text.t[classKeys[of]] ?? of;

/** The number as it is read on the screen; a withheld one is its words. */
export function numberShown(number: CallerNumber): string {
  if (number.class === 'anon') return text.t.classAnon;
  return number.display || thaiNumber(number.canonical);
}

const reasonKeys: Record<string, Key> = {
  meal: 'reasonMeal',
  restroom: 'reasonRestroom',
  toilet: 'reasonRestroom',
  meeting: 'reasonMeeting',
  training: 'reasonTraining',
  paperwork: 'reasonPaperwork',
  rona: 'reasonRona',
  declined: 'reasonDeclined',
  busy: 'reasonBusy',
  unregistered: 'reasonDevice',
  device: 'reasonDevice',
};
/** A configured reason is a word already, in the language of whoever configured it. */
export const reasonName = (reason: string) => (reasonKeys[reason] ? text.t[reasonKeys[reason]] : reason);

const lackKeys: Record<Exclude<Lack, 'microphone' | 'line'>, Key> = {
  checking: 'lackChecking',
  screen: 'lackScreen',
  device: 'lackDevice',
  exchange: 'lackExchange',
  database: 'lackDatabase',
  sound: 'lackSound',
};
/** What stands between an agent and ready. */
export const lackName = (lack: Lack) => (lack === 'microphone' || lack === 'line' ? words.t[lack] : text.t[lackKeys[lack]]);

const kindKeys: Record<CaseKind, Key> = {
  inquiry: 'kindInquiry',
  consultation: 'kindConsultation',
  complaint: 'kindComplaint',
  tip: 'kindTip',
};
export const kindName = (kind: CaseKind) => text.t[kindKeys[kind]];

const resolutionKeys: Record<Resolution, Key> = {
  answered: 'resolutionAnswered',
  consulted: 'resolutionConsulted',
  transferred: 'resolutionTransferred',
  follow_up: 'resolutionFollowUp',
  referred: 'resolutionReferred',
  unresolved: 'resolutionUnresolved',
};
export const resolutionName = (of: Resolution) => text.t[resolutionKeys[of]];

const noCaseKeys: Record<NoCaseReason, Key> = {
  nuisance: 'noCaseNuisance',
  wrong_number: 'noCaseWrongNumber',
  dropped: 'noCaseDropped',
};
export const noCaseName = (reason: NoCaseReason) => text.t[noCaseKeys[reason]];

/** What became of a call that rang here. */
export function farewellSaid({ why, by }: Farewell): string {
  const t = text.t;
  switch (why) {
    case 'abandoned':
    case 'withdrawn.caller_gave_up':
      return t.goneAbandoned;
    case 'lost_race':
      return by ? t.goneLostRace(by) : t.goneLostRaceUnknown;
    case 'rescued':
      return t.goneRescued;
    case 'withdrawn.answered_elsewhere':
      return t.goneElsewhere;
    case 'withdrawn.rona':
      return t.goneRona;
    case 'withdrawn.hop_ended':
      return t.goneHop;
    case 'withdrawn.declined':
    case 'withdrawn.phone_declined':
      return t.goneDeclined;
    case 'withdrawn.phone_busy':
      return t.gonePhoneBusy;
    case 'withdrawn.silent_device':
      return t.goneSilent;
    case 'withdrawn.phone_unregistered':
    case 'withdrawn.phone_silent':
    case 'withdrawn.phone_failed':
    case 'withdrawn.phone_redirected':
      return t.gonePhoneFailed;
    case 'missed.busy':
      return t.missedBusy;
    case 'missed.no_answer':
    case 'missed.declined':
      return t.missedNoAnswer;
    default:
      return why.startsWith('missed.') ? t.missedFailed : t.goneOver;
  }
}

/** The agent's state in one word. During a call it never says ready. */
export function presenceSaid(desk: Desk): string {
  const t = text.t;
  if (desk.call?.phase === 'ringing') return t.incoming;
  if (desk.call?.phase === 'talking') return t.busy;
  if (desk.call?.phase === 'wrapup') return t.wrapUp;
  switch (desk.presence.state) {
    case 'ready':
      return t.ready;
    case 'paused':
      return desk.presence.reason ? t.pausedFor(reasonName(desk.presence.reason)) : t.paused;
    case 'offline':
      return t.offline;
    case 'wrap_up':
      return t.wrapUp;
    case 'talking':
      return t.busy;
    case 'offered':
    case 'ringing':
      return t.incoming;
  }
}

const refusalKeys: Record<string, Key> = {
  call_gone: 'failedCallGone',
  agent_busy: 'failedBusy',
  answer_on_phone: 'liftHandsetHint',
  no_device: 'failedNoDevice',
  wrap_up_too_long: 'failedTooLong',
  no_such_reason: 'failedNoReason',
  already_recorded: 'recordedElsewhere',
  wrong_password: 'wrongPassword',
  too_many_attempts: 'tooManyAttempts',
  weak_password: 'passwordWeak',
};

const fieldKeys: Record<string, Key> = {
  contact_id: 'caller',
  given: 'given',
  family: 'family',
  subject: 'subject',
  department_id: 'department',
  extension: 'extension',
  kind: 'kind',
  resolution: 'resolution',
  reason: 'transferReason',
  note: 'transferNote',
};

const arrivalKeys: Record<string, Key> = {
  oidc_expired: 'arrivalExpired',
  oidc_denied: 'arrivalDenied',
  oidc_unavailable: 'arrivalUnavailable',
  oidc_no_role: 'arrivalNoRole',
  oidc_no_account: 'arrivalNoAccount',
  oidc_login_taken: 'arrivalTaken',
  oidc_disabled: 'arrivalDisabled',
  signed_in_elsewhere: 'elsewhereTitle',
};

/** Why somebody came back from the identity provider and is not signed in. */
export const arrivalSaid = (code: string): string => text.t[arrivalKeys[code] ?? 'arrivalFailed'];

/** Why something was not done, for the agent: by code, else in the server's own words. */
export function refusalSaid(failure: unknown): string {
  if (!(failure instanceof ApiRefused)) return text.t.failedTalkToServer;
  const key = refusalKeys[failure.code];
  if (key) return text.t[key];
  const field = failure.problem.field;
  if (field) return text.t.fieldRefused(text.t[fieldKeys[field] ?? 'record']);
  const { title, title_th } = failure.problem;
  return (text.lang === 'th' ? title_th : title) ?? failure.code;
}
