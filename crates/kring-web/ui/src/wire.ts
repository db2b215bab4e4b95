// What goes over the wire between the console and kring: REST bodies and socket frames.
// Rule: nothing else in the console names a field of the server; a renamed field changes this file.

/** Presence as the journal knows it. */
export type PresenceState = 'offline' | 'ready' | 'offered' | 'ringing' | 'talking' | 'wrap_up' | 'paused';

export type Presence = {
  state: PresenceState;
  /** One of the configured reasons, or `rona`, `declined`, `busy`, `unregistered`, `device`. */
  reason?: string | null;
  /** Who said so, if not the agent: a supervisor. */
  by?: string | null;
  /** RFC 3339. */
  since?: string | null;
};

/** How far the recording of a call is. */
export type Recorded = 'recording' | 'paused' | 'ended' | 'failed';

/** `GET /api/v1/me`. */
export type Me = {
  login: string;
  name: string;
  roles: string[];
  /** As configured: `pbx:5021`, `sip:5021@192.0.2.7:5060`; none for an agent without a phone. */
  device?: string | null;
  /** All of them: they ring together. */
  devices?: string[];
  queues?: string[];
  /** ค่ะ or ครับ. */
  particle?: string;
  /** A password is to be chosen before anything else. */
  must_change?: boolean;
  /** Calls can be recorded by whoever has them, of some queue at least. */
  record?: boolean;
  /** `[agent] pause_reasons`. */
  pause_reasons?: string[];
  /** The phone in the browser, of whoever has one. */
  phone?: { kind: 'browser'; leg?: string; ice_servers: RTCIceServer[] } | null;
};

/** `POST /me/readiness`. */
export type ReadinessTold = { ready: boolean; server_time: string; lights: Record<string, boolean> };

/** A row of `GET /trunks`: a PBX, and how the line to it is. */
export type Trunk = { name: string; up?: boolean | null; rtt_ms?: number | null; registered?: boolean | null; last_error?: string | null };

export type NumberClass = 'mobile' | 'landline' | 'hotline' | 'internal' | 'anon' | 'foreign' | 'shortcode';

/** A caller's number: `canonical` is `+66812345678`, `short:1203`, `ext:2104` or `anon`. */
export type CallerNumber = { canonical: string; display: string; class: NumberClass };

/** The prefix is kept apart from the name, and a family name may be absent. */
export type Contact = {
  id: string;
  prefix?: string | null;
  given: string;
  family?: string | null;
  org?: string | null;
  notes?: string | null;
};

export type PastCase = {
  ref: string;
  /** RFC 3339. */
  date: string;
  kind?: CaseKind;
  /** Empty when only others may read it: a tip. */
  subject: string;
  /** The Thai name. */
  department?: string | null;
  department_id?: string | null;
  /** `open`, `waiting_unit`, `closed`. */
  status: string;
};

/** Who calls and why they called before: of a pop, of `call.caller`, and of `GET /contacts/lookup`. */
export type CallerCard = {
  contact?: Contact | null;
  candidates: Contact[];
  history: PastCase[];
  /** Complaints that are not closed; absent: there are none. */
  open_complaints?: { count: number; refs: string[] } | null;
  /** The notice is to be read out: this person has not heard it as it is now. */
  notice_due?: boolean;
  /** The person has asked that nothing but the name be used. */
  restricted?: boolean;
  /** False while the database has not told yet. */
  looked_up?: boolean;
  /** Not from the wire: the page has waited long enough. */
  given_up?: boolean;
};

export type CallOffered = Partial<CallerCard> & {
  number: CallerNumber;
  via?: { did?: string | null; forwarded_by?: string | null };
  ring: { elapsed_ms: number; period_ms: number; on_ms: number; limit: number };
  answerable?: boolean;
  greeting?: string | null;
  hop?: number;
  attempt?: number;
  /** Nobody calls: kring rings the agent first, then the citizen. */
  outbound?: OutboundWhy | null;
};

export type OutboundWhy = { why: 'call_back'; asked: string; attempt: number } | { why: 'by_agent'; agent: string; case_id?: string | null };

/** What a kind of matter has beside, by its path in the draft. */
export type KindField = `fields.${'complainant.name' | 'complainant.phone' | 'complainant.address' | 'respondent' | 'goods_or_shop' | 'place' | 'happened_on' | 'evidence' | 'wish' | 'what' | 'when' | 'officer' | 'question' | 'legal_basis' | 'answer'}`;
/** When to call back and why: planned while the record is written, kept with the case once there is one. */
export type PlanField = 'plan.due' | 'plan.channel' | 'plan.note';

/** The record of a call while it is written; `confirm` takes the same, with `fields` as one object. */
export type DraftBody = { [F in KindField | PlanField]?: string | null } & {
  contact_id?: string | null;
  prefix?: string | null;
  given?: string | null;
  family?: string | null;
  subject?: string | null;
  detail?: string | null;
  department_id?: string | null;
  extension?: string | null;
  kind?: CaseKind | null;
  resolution?: Resolution | null;
  /** The person does not want to be named. */
  anonymous?: boolean | null;
  /** The notice of the data protection act was read out. */
  notice_told?: boolean | null;
};

/** `POST /calls/{id}/confirm`. */
export type RecordBody = Omit<DraftBody, KindField | PlanField> & { fields?: Record<string, unknown> };

export const caseKinds = ['inquiry', 'consultation', 'complaint', 'tip'] as const;
export type CaseKind = (typeof caseKinds)[number];

export const resolutions = ['answered', 'consulted', 'transferred', 'follow_up', 'referred', 'unresolved'] as const;
export type Resolution = (typeof resolutions)[number];

export const noCaseReasons = ['nuisance', 'wrong_number', 'dropped'] as const;
export type NoCaseReason = (typeof noCaseReasons)[number];

/** `GET|PUT /calls/{id}/draft`; the ETag is the version in quotes. */
export type StoredDraft = { version: number; body: DraftBody; saved_at?: string | null };

/** `POST /calls/{id}/confirm`, 201. */
export type ConfirmedCase = { id: string; ref: string; department_id?: string | null };

/** A row of `GET /unfinished` and of the snapshot's `drafts`. */
export type Unfinished = {
  call: string;
  number?: CallerNumber | null;
  contact?: Contact | null;
  /** RFC 3339. */
  answered_at?: string | null;
  ended_at?: string | null;
  talk_ms?: number | null;
  /** Present when something was typed. */
  draft?: StoredDraft | null;
};

export type Department = {
  id: string;
  name_th: string;
  name_en?: string | null;
  short?: string | null;
  website?: string | null;
  hotline?: string | null;
  topics?: string[];
  endpoints?: { label?: string | null; extension: string }[];
};

/** Open or closed now; `next_open` is null when it is open, or does not open within a year. */
export type Standing = { open: boolean; reason?: 'hours' | 'holiday' | null; next_open?: string | null };

/** A row of `GET /departments/search`: a unit, or a desk of a unit. */
export type DepartmentHit = Standing & {
  department_id: string;
  short: string;
  name_th: string;
  name_en?: string | null;
  endpoint?: { label?: string | null; extension: string } | null;
  /** `short`, `number`, `name`, `label` or `topic`. */
  found_by?: string;
};

export const transferReasons = ['in_depth', 'legal', 'wants_officer', 'other'] as const;
export type TransferReason = (typeof transferReasons)[number];

/** A unit's desks in their order, or one number. */
export type TransferTarget = { department_id: string } | { extension: string };
export type IfClosed = 'fail' | 'force';
/** `POST /calls/{id}/transfer` and `/consult`. */
export type TransferWanted = TransferTarget & { if_closed?: IfClosed; reason?: TransferReason; note?: string };

export type TransferState = 'requested' | 'accepted' | 'trying' | 'ringing' | 'answered' | 'failed' | 'recalled';

/** `GET /transfers/{id}`. */
export type TransferRead = {
  id: string;
  call: string;
  mode: 'blind' | 'attended';
  state: TransferState;
  sip_code?: number | null;
  target: { department?: string | null; extension: string };
};

/** With whom an agent talks who consults: both hear them, or one and the other hears music. */
export type TalksWith = 'unit' | 'caller' | 'both';

export type QueueStats = {
  waiting?: number;
  oldest_ms?: number | null;
  ready?: number;
  within_pct_today?: number | null;
};

/** The agent's call as it stands when a socket opens. */
export type SnapshotCall = {
  id: string;
  state: 'ringing' | 'talking' | 'wrap_up';
  offered: CallOffered;
  /** The last `call.ring` sent. */
  ring?: { n: number; of: number } | null;
  /** How long the caller has been on hold, ms, when they are. */
  held_ms?: number | null;
  /** The last `call.sound` of each side. */
  sound?: Events['call.sound'][];
  recording?: Recorded | null;
  monitored?: CallMonitor | null;
  /** Since the answer, ms, when talking or over. */
  talk_ms?: number | null;
  /** Left for the record, ms, when in wrap-up with a limit. */
  wrapup_left_ms?: number | null;
  draft?: StoredDraft | null;
};

export type Snapshot = {
  presence: Presence;
  call?: SnapshotCall | null;
  /** Null when the database did not answer in time. */
  drafts?: Unfinished[] | null;
  queue?: QueueStats | null;
  draining?: boolean;
};

export type Welcome = { t: 'welcome'; session: string; epoch: string; snapshot: Snapshot; from: number };

/** What the frames carry in `d`, by `t`. */
export type Events = {
  'call.offered': CallOffered;
  'call.caller': CallerCard;
  'call.alerting': { answerable: boolean };
  'call.ring': { n: number; of: number };
  'call.answered': { by: string; rings?: number; wait_ms?: number; rule?: string };
  'call.lost_race': { winner?: string | null };
  'call.abandoned': Record<string, never>;
  'call.rescued': { action?: string };
  'call.withdrawn': { reason?: string };
  'call.recording': { state: Recorded };
  'call.held': Record<string, never>;
  'call.resumed': { held_ms?: number };
  /** A supervisor hears this agent's call, where the house tells the agent. */
  'call.monitored': { by: string; mode: MonitorMode; state: 'on' | 'ended' };
  /** To the supervisor: how far it is. */
  'call.monitoring': { mode: MonitorMode; state: 'ringing' | 'on' | 'ended'; why?: string };
  'call.sound': { side: SoundSide; class: SoundClass; loss_pct?: number | null; mos?: number | null };
  'call.ended': { by?: string; cause?: string; talk_ms?: number; transferred_to?: string | null };
  'call.overflowed': { to: string; why: string };
  'call.connected': { to: string };
  'call.dialling': Record<string, never>;
  'call.reached': { rang_ms?: number };
  'call.missed': { reason: string; code?: number };
  'callback.asked': { queue: string };
  'callback.ended': { why: string; tries: number };
  'consult.started': { transfer_id: string; department?: string | null; to: string };
  'consult.answered': { transfer_id: string; to: string };
  'consult.turned': { transfer_id: string; with: TalksWith };
  'consult.ended': { transfer_id: string; reason: string };
  'transfer.progress': { transfer_id: string; state: TransferState; sip_code?: number | null; text_th: string; text_en: string };
  'transfer.recalled': { reason: string };
  'wrapup.opened': { draft?: StoredDraft | null; deadline?: string | null; for_ms?: number | null };
  'wrapup.extended': { deadline?: string; for_ms: number };
  'wrapup.expired': Record<string, never>;
  'wrapup.saved': { version: number };
  'wrapup.confirmed': { case_ref?: string | null; no_case?: string | null };
  'presence.changed': Presence;
  'queue.stats': QueueStats;
  /** A phone on the desk that registers with kring: it is nowhere any more, or it is back. */
  'device.changed': { device: string; there: boolean; since?: string | null };
  'agent.screen_dead': Record<string, never>;
  'agent.restored': Record<string, never>;
  alert: { code: string; severity?: string; text_th?: string; text_en?: string };
  'system.drain': Record<string, never>;
};
export type EventName = keyof Events;

/** What is said to this page of its phone: not numbered, and never said again. */
export type PhoneFrame =
  | { t: 'phone.answer'; d: { offer: number; leg: string; sdp: string } }
  | { t: 'phone.state'; d: { state: 'connecting' | 'connected' | 'lost' | 'taken' | 'closed'; ms: number; leg: string } }
  | { t: 'phone.refused'; d: { offer?: number; code: string; text_th: string; text_en: string } }
  | { t: 'phone.call'; d: { state: PhoneCall } }
  | { t: 'phone.quality'; d: { up: PhoneQuality; down: PhoneQuality; rtt_ms: number | null } };
export type PhoneCall = 'idle' | 'ringing' | 'talking' | 'held';
/** `up`: from this page. Since the figures before. */
export type PhoneQuality = { packets: number; lost: number; loss_pct: number; jitter_ms: number };
/** What this page says of it. */
export type PhoneSaid = { t: 'phone.offer'; offer: number; sdp: string } | { t: 'phone.keep'; leg: string } | { t: 'phone.close' };

/** Who hears a supervisor: nobody, the agent, or all. */
export type MonitorMode = 'listen' | 'whisper' | 'barge';
/** The supervisor who hears a call, or whose phone rings for it. */
export type CallMonitor = { by: string; name?: string | null; mode: MonitorMode; state: 'ringing' | 'on' };

/** How a voice is heard, by the E-model. */
export type SoundClass = 'good' | 'fair' | 'poor';
/** Whose voice. */
export type SoundSide = 'caller' | 'agent' | 'third';

/** The envelope. `seq` counts this agent's stream without gaps under one epoch. */
export type Frame = {
  [T in EventName]: {
    v: number;
    seq: number;
    id: string;
    ts: string;
    t: T;
    call?: string;
    ack?: boolean;
    d: Events[T];
  };
}[EventName];

export type ClientFrame =
  | { t: 'hello'; client_id: string; epoch?: string; resume_after?: number; caps: string[] }
  | { t: 'ack'; seq: number }
  | { t: 'painted'; seq: number; ms: number }
  | { t: 'ring.audible'; call: string }
  | PhoneSaid;

/** Close codes of the socket after which trying again is of no use without signing in. */
export const closedForGood = { notSignedIn: 4401, signedOut: 4410, takenOver: 4411 } as const;

/** `application/problem+json`. */
export type Problem = {
  status: number;
  code: string;
  title?: string;
  title_th?: string;
  detail?: string;
  /** Of 422 `bad_field`: the first, and all of a form's. */
  field?: string;
  errors?: { field: string; code: string; text_th: string; text_en: string }[];
  /** Of what is configured: by the name of the key; the empty name is the whole. */
  fields?: Record<string, { th: string; en: string }>;
  /** Of 412 `stale_draft`: what is stored; null when nothing is. */
  current?: StoredDraft | null;
  /** Of 422 `department_closed`. */
  next_open?: string | null;
  /** Of 409 `already_recorded`. */
  case_ref?: string | null;
};
