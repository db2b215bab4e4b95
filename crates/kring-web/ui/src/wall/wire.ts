// `GET /wallboard`: the floor, now.

import type { CallerNumber, CallMonitor, PresenceState } from '../wire';

export type WallCall = {
  id: string;
  state: 'ringing' | 'waiting' | 'talking';
  queue: string;
  ring: number | null;
  of: number | null;
  number: CallerNumber | null;
  name: string | null;
  did: string;
  forwarded_by: string | null;
  agent: string | null;
  agent_name: string | null;
  connected_to?: string | null;
  ringing_at: string[];
  since: string;
  wait_ms: number;
  talk_ms: number | null;
  held: boolean;
  /** Of whoever watches over others. */
  monitor?: CallMonitor | null;
};

export type Seat = {
  login: string;
  name: string;
  device: string | null;
  state: PresenceState;
  reason: string | null;
  since: string | null;
  call: string | null;
  screen: 'alive' | 'dead' | 'none';
  dead_ms: number | null;
  registered: boolean | null;
  queues: string[];
};

export type OwedRecord = { call: string; agent: string; agent_name: string | null; number: CallerNumber | null; since: string; why: 'expired' | 'page_gone' | 'open' };
export type HalfHour = { at: string; within: number; other: number };
export type FailingTarget = { department: string | null; name_th: string | null; name_en: string | null; extension: string; sip_code: number | null; failed: number; total: number };
export type Line = { name: string; address?: string | null; up?: boolean | null; registered?: boolean | null; last_error?: string | null };

export type Wallboard = {
  at: string;
  day: string;
  ring_rule: { decided: number; within: number; within_pct: number | null; target_pct: number; rescued: number; refused: number; breached: number; abandoned: number[] };
  oldest: { call: string; wait_ms: number; ring: number | null; of: number | null } | null;
  unfinished: { count: number; under_15_min: number; under_60_min: number; over_60_min: number; oldest: OwedRecord[] };
  calls: WallCall[];
  seats: Seat[];
  half_hours: HalfHour[];
  transfers: { failed: number; total: number; failing: FailingTarget[] };
  callbacks_due: number;
  lines: Line[];
};
