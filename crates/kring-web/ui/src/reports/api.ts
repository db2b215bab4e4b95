// The reports, by name.

import { asking, read } from '../api';
import type { Span } from '../format/span';
import type { Report, ReportName } from './wire';

export const report = (name: ReportName, span: Span, by?: string | null) => read<Report>(asking(`/reports/${name}`, { ...span, by: by ?? null }));
/** Where the file of a report is. */
export const file = (name: ReportName, span: Span, by: string | null, format: 'csv' | 'xlsx', calendar: 'be' | 'ce') =>
  `/api/v1${asking(`/reports/${name}`, { ...span, by, calendar, format })}`;
/** What is promised; the reports are measured against it. */
export const target = () => read<{ ring_rule: { target_pct: number } }>('/wallboard').then((board) => board.ring_rule.target_pct);
