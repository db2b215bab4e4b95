// Queues as the server has them: what happens there now, and the keys of `[[queue]]`.

export type Mistake = { field?: string | null; th: string; en: string };
export type Source = 'file' | 'database' | 'default';
export type Keys = Record<string, unknown>;

export type Queue = {
  name: string;
  waiting: number;
  ready: number;
  talking: number;
  open: boolean;
  calls_today?: number;
  /** Null: it is configured no more, and served to the end. */
  source?: Source | null;
  version: number;
  settings: Keys;
  complaint?: Mistake | null;
};

export type Preview = {
  limit: number;
  period_ms: number;
  on_ms: number;
  guard_ms: number;
  deadline_ms: number;
  cancel_ms: number;
  deadline_action: string;
  agents: { login: string; name: string; device?: string | null; state: string; idle_ms?: number | null; bursts: number[] }[];
  hops: { at_ms: number; strategy: string; rings: number; agents: string[] }[];
  cases: { free: 'all' | 'one' | 'none'; phones: number[] }[];
  toml: string;
  told_th: string;
  told_en: string;
};

export type Agent = { login: string; name: string; device?: string | null; role: string };
