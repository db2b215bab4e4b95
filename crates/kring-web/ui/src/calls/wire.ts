// What the server says of calls: rows, evidence, facts and messages.

import type { CallerNumber } from '../wire';

export const outcomes = ['answered', 'rescued', 'abandoned', 'rejected', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];
export type RingResult = 'within' | 'breached' | 'rescued' | 'refused' | 'abandoned_within' | 'failed';

/** A row of `GET /calls`. */
export type CallRow = {
  id: string;
  sip_call_id: string;
  direction: 'inbound' | 'outbound';
  state: 'ringing' | 'waiting' | 'talking' | 'ended';
  outcome: Outcome | null;
  result: RingResult | null;
  rings: number;
  arrived_at: string;
  answered_at: string | null;
  ended_at: string | null;
  wait_ms: number | null;
  talk_ms: number | null;
  forwarded_by: string | null;
  agent: string | null;
  served_by: string | null;
  connected_to: string | null;
  /** Where the agent's transfer took the caller, where the server tells. */
  transferred_to?: string | null;
  left_queue: string | null;
  abandoned_in_queue: boolean;
  queue: string;
  did: string;
  trunk: string;
  number: CallerNumber | null;
  /** Of the person, masked as the role demands. */
  name?: string | null;
  department?: string | null;
  department_short?: string | null;
  ended_by: string | null;
  cause: string | null;
  final_code: number | null;
  deadline_action: string | null;
  degraded: boolean;
  case_ref: string | null;
  no_case: string | null;
  no_case_note: string | null;
  record_owner: string | null;
  /** Of one call alone. */
  sound?: CallSound | null;
};

/** One way of a party's line. */
export type WaySound = { lost: number | null; loss_pct: number; jitter_ms: number; mos: number };
/** `from`: what the others hear of it; `to`: what it hears, as its phone tells. */
export type SideSound = {
  class: 'good' | 'fair' | 'poor';
  worst: 'good' | 'fair' | 'poor';
  packets: number;
  sent: number;
  from: WaySound | null;
  to: WaySound | null;
  round_trip_ms: number | null;
  strangers: number;
  bad: number;
};
export type CallSound = { caller: SideSound | null; agent: SideSound | null; third: SideSound | null };

/** One offer to one phone; times are ms from t0. */
export type Attempt = {
  agent: string;
  device: string;
  hop: number;
  attempt: number;
  /** 0 within the budget, else the round of the queue. */
  round: number;
  invited_ms: number;
  alerting_ms: number | null;
  audible_ms: number | null;
  ended_ms: number | null;
  end?: 'answered' | 'withdrawn' | 'unreached' | 'lost_race' | null;
  why?: string;
  code?: number;
  late_silence_ms: number | null;
};

export type Segment = { node: string; n: number; hash: string; facts: number[] };

/** `GET /calls/{id}/evidence`. */
export type Evidence = {
  call: string;
  t0: string;
  t0_us: number;
  queue: string;
  terms: { on_ms: number; off_ms: number; limit: number; guard_ms: number; policy: string; cadence_from: string; t0_from: string };
  rang_before: boolean;
  deadline_ms: number;
  rings_ms: number[];
  rings: number;
  attempts: Attempt[];
  decided_ms: number | null;
  margin_ms: number | null;
  result: RingResult | null;
  lateness_us: number | null;
  kept: {
    since_ms: number;
    action: string;
    rounds: { round: number; began_ms: number; rings_ms: number[] }[];
    served: { agent: string; at_ms: number; rings: number; queued_ms: number } | null;
    left: { why?: string; at_ms?: number } | null;
  } | null;
  ended_ms: number | null;
  told_th: string;
  told_en: string;
  chain: { whole: boolean; broken?: string; segments: Segment[] } | null;
};

export type CallFact = { node: string; boot: number; seq: number; at_us: number; ts: string; text: string; fact: { kind: string } & Record<string, unknown> };
export type Facts = { items: CallFact[]; after: number };

export type Party = { id: string; kind: 'trunk' | 'kring' | 'phone'; name: string; address?: string };
export type Message = { at: string; delta_ms: number; from: string; to: string; from_address: string; to_address: string; transport: string; label: string; cseq: string; retransmission: boolean; sdp: boolean; raw?: string };
/** `GET /calls/{id}/ladder`. */
export type LadderRead = { call: string; live: boolean; parties: Party[]; messages: Message[]; left_out: number; gap_before?: number | null };

/** `GET /calls/{id}/recording/info`. Peaks are 0 to 127. */
export type RecordingRead = {
  state: 'recording' | 'kept' | 'cut' | 'failed' | 'erased';
  started: string;
  duration_ms: number;
  bytes: number;
  sha256: string;
  missing_ms: number;
  caller: number[];
  heard: number[];
  peak_ms: number;
  pauses: { from_ms: number; to_ms: number }[];
  may_hear: boolean;
  erased?: { at: string; by: string; reason: string } | null;
};
