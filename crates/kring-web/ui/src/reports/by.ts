// By what a report may be told apart; the first is what it is by itself.

import type { ReportName } from './wire';

export const allowed: Record<ReportName, string[]> = {
  'ring-rule': ['day', 'hour', 'month', 'queue', 'agent'],
  agents: [],
  abandoned: ['day', 'hour', 'month', 'queue'],
  transfers: ['department', 'agent', 'day', 'month'],
  topics: ['department', 'subject', 'day', 'month'],
  'repeat-callers': [],
  'knowledge-gaps': [],
  sla: ['department', 'day', 'month'],
};

/** What the query asks for, as far as this report has it; null leaves it to the server. */
export function byIn(name: ReportName, query: URLSearchParams): string | null {
  const by = query.get('by');
  return by !== null && allowed[name].includes(by) ? by : (allowed[name][0] ?? null);
}
