// The settings as the server has them.

import type { Mistake, Source } from '../queues/wire';

export type Value = string | number | boolean | null | (string | number)[];
export type Setting = {
  key: string;
  value: Value;
  default: Value;
  source: Source;
  needs_restart: boolean;
  unit?: string | null;
  min?: number | null;
  max?: number | null;
  /** The words that it may be. */
  choices?: string[] | null;
  /** It belongs to the process: only looked at here. */
  read_only?: boolean;
  complaint?: Mistake | null;
};
export type Settings = { items: Setting[]; version: number };
