// What the server says of a report: its columns, its rows, and what they come to.

export const reports = ['ring-rule', 'agents', 'abandoned', 'transfers', 'topics', 'repeat-callers', 'knowledge-gaps', 'sla'] as const;
export type ReportName = (typeof reports)[number];
export type Unit = 'date' | 'hour' | 'month' | 'text' | 'count' | 'pct' | 'ms' | 'time';
export type Column = { key: string; th: string; en: string; unit: Unit };
export type Cell = string | number | boolean | null | undefined;
/** `link`: the query of `GET /calls` that gives exactly this row's calls. */
export type Row = { link?: string | null } & Record<string, Cell>;
export type Report = { report: string; from: string; to: string; zone: string; by: string; made_at: string; target_pct?: number | null; /** The column that counts the calls which `link` lists. */ link_counts?: string | null; columns: Column[]; rows: Row[]; total: Row | null };
