// Trunks as the server has them: how the line is, and the keys of `[[trunk]]`; and what a test of one tells.

import type { Keys, Mistake, Source } from '../queues/wire';

export type Trunk = {
  name: string;
  address?: string | null;
  addresses: { address: string; up?: boolean | null; rtt_ms?: number | null }[];
  /** Whether it answers OPTIONS; null: nobody asks, or nothing is known yet. */
  up?: boolean | null;
  rtt_ms?: number | null;
  registered?: boolean | null;
  account?: string | null;
  last_error?: string | null;
  source?: Source | null;
  version: number;
  settings?: Keys;
  complaint?: Mistake | null;
};

export type StepState = 'ok' | 'failed' | 'unknown';
export type Tested = {
  steps: { step: 'address' | 'sent' | 'answered' | 'way_back'; state: StepState; value?: string | null; detail_th?: string | null; detail_en?: string | null }[];
  round_trips_ms: number[];
  status?: number | null;
  user_agent?: string | null;
  allow?: string[] | null;
  codecs?: string[] | null;
  raw?: string | null;
  learnt?: { transfer?: 'refer' | 'bridge' | null; prack?: boolean | null } | null;
};
