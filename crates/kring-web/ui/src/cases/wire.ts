// What REST says of cases and of what belongs to them.

import type { CaseKind, Resolution } from '../wire';

export const caseStatuses = ['open', 'in_progress', 'waiting_unit', 'waiting_citizen', 'answered', 'closed', 'reopened'] as const;
export type CaseStatus = (typeof caseStatuses)[number];

export const caseOutcomes = ['resolved', 'forwarded', 'no_grounds', 'withdrawn', 'unreachable', 'duplicate', 'unresolved'] as const;
export type CaseOutcome = (typeof caseOutcomes)[number];

/** `stopped` waits for the citizen. */
export type SlaState = 'running' | 'stopped' | 'late' | 'met';
export type Sla = { due: string | null; remaining_working_minutes: number; state: SlaState };

export type Complainant = { who: 'contact' } | { who: 'other'; name: string; phone: string; address: string };

/** What a kind has beside; which of them, the kind tells. */
export type CaseFields = {
  kind?: CaseKind;
  complainant?: Complainant;
  respondent?: string;
  goods_or_shop?: string;
  place?: string;
  happened_on?: string | null;
  evidence?: string;
  wish?: string;
  anonymous?: boolean;
  what?: string;
  when?: string;
  officer?: string;
  question?: string;
  legal_basis?: string;
  answer?: string;
};

/** `GET /cases/{id}`, and a row of `GET /cases`. */
export type Case = {
  id: string;
  ref: string;
  kind: CaseKind;
  subject: string;
  detail: string;
  fields: CaseFields | null;
  contact_id: string | null;
  call: string | null;
  number: string | null;
  department_id: string | null;
  extension: string | null;
  resolution: Resolution;
  confidentiality: 'normal' | 'restricted';
  status: CaseStatus;
  /** Where it may go from there. */
  next: CaseStatus[];
  outcome: CaseOutcome | null;
  outcome_note: string;
  closed: string | null;
  /** When an answer is due that is still owed. */
  due: string | null;
  sla: Sla | null;
  agent: string;
  opened: string;
  updated: string;
  version: number;
  /** The asker may not read what it says. */
  masked: boolean;
};

export type CaseFilter = Partial<Record<'contact' | 'kind' | 'status' | 'department' | 'agent' | 'due_before' | 'q' | 'ref', string>> & { overdue?: boolean; limit?: number };

/** `POST /cases`. */
export type Opening = {
  kind: CaseKind;
  subject: string;
  detail: string;
  fields: Record<string, unknown> | null;
  contact_id: string | null;
  department_id: string | null;
};

/** `PATCH /cases/{id}`; absent members stay. */
export type CaseChanges = {
  subject?: string;
  detail?: string;
  fields?: Record<string, unknown>;
  department_id?: string;
  extension?: string;
  resolution?: Resolution;
  confidentiality?: 'normal' | 'restricted';
  status?: CaseStatus;
  outcome?: CaseOutcome;
  reason?: string;
  due?: string;
};

export const writtenKinds = ['note', 'called', 'wrote', 'unit_answered'] as const;
export type WrittenKind = (typeof writtenKinds)[number];
export type ActivityKind = WrittenKind | 'opened' | 'status' | 'changed' | 'attached' | 'follow_up' | 'video';

export type Activity = {
  id: string;
  at: string;
  /** `person LOGIN` or `program NAME`. */
  who: string;
  kind: ActivityKind;
  text: string;
  status_from: CaseStatus | null;
  status_to: CaseStatus | null;
};

export type FollowUp = {
  id: string;
  case: string;
  due: string;
  /** Empty when the asker may not read the case. */
  what: string;
  assigned_to: string;
  made_by: string;
  done: string | null;
  done_by: string | null;
  version: number;
  ref?: string | null;
  subject?: string | null;
};

export type VideoState = 'booked' | 'held' | 'missed' | 'cancelled';
export type VideoSession = {
  id: string;
  case: string;
  department_id: string;
  officer: string;
  starts: string;
  ends: string;
  /** How the citizen is told. */
  channel: string;
  /** Empty when no template is configured. */
  link: string;
  state: VideoState;
  outcome: string;
  made_by: string;
  reminded: string | null;
  version: number;
  ref?: string | null;
  subject?: string | null;
};
export type Booking = { department: string; officer: string; slot: string; minutes: number; channel: string };

export type Attachment = { id: string; name: string; kind: string; bytes: number; made_by: string; made: string };
/** What the server keeps, by what a file holds. */
export const attachmentKinds = ['pdf', 'jpg', 'png', 'docx', 'odt', 'xlsx', 'txt', 'wav', 'mp3'] as const;

export type AttachedSource = { at: string; who: string; version: number; source: { id: string; title: string; department: string | null; validity: string; status: string } };

export type AuditLine = { id: string; at: string; who: string; action: string };
export type Holidays = { items: { day: string }[]; configured: string[] };
export type AgentRow = { login: string; name: string };
