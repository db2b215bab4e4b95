// A source as a form has it, and what REST takes.

import type { Source, SourceChanges, SourceKind, SourceStatus } from './wire';

export type SourceBody = {
  kind: SourceKind; title: string; body: string; address: string; department: string; topics: string; language: string; status: SourceStatus; valid_from: string; valid_until: string; review_by: string;
};

export const emptySource: SourceBody = { kind: 'article', title: '', body: '', address: '', department: '', topics: '', language: 'th', status: 'draft', valid_from: '', valid_until: '', review_by: '' };

export const sourceBody = (of: Source): SourceBody => ({
  kind: of.kind, title: of.title, body: of.body ?? '', address: of.address ?? '', department: of.department_id ?? '', topics: of.topics.join(', '), language: of.language ?? '', status: of.status,
  valid_from: of.valid_from ?? '', valid_until: of.valid_until ?? '', review_by: of.review_by ?? '',
});

/** Commas of both kinds part words; empty ones are none. */
export const wordsOf = (text: string) => text.split(/[,،\n]/).map((word) => word.trim()).filter(Boolean);

/** Only what differs; what is emptied is null. */
export function sourceChanges(changed: Partial<SourceBody>, added: boolean): SourceChanges {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(changed)) {
    if (name === 'topics') out.topics = wordsOf(String(value));
    else if (name === 'kind') {
      if (added) out.kind = value;
    } else if (name === 'title' || name === 'status' || name === 'body') out[name] = value;
    else out[name] = value === '' ? null : value;
  }
  return out as SourceChanges;
}
