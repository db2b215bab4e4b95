// Two versions of a record that grew from one: what can be joined, and what a person must decide.
// Rule: nothing typed is dropped. A field changed on one side only takes that side's text; a field
// changed on both to different texts is a clash, and both texts are kept.

import type { DraftBody } from '../wire';
import { kindFields, planFields } from './parts_of_draft';

export const fields = [
  'contact_id',
  'prefix',
  'given',
  'family',
  'subject',
  'detail',
  'department_id',
  'extension',
  'kind',
  'resolution',
  'anonymous',
  'notice_told',
  ...kindFields,
  ...planFields,
] as const satisfies (keyof DraftBody)[];
export type Field = (typeof fields)[number];

/** Nothing, null, no and the empty text are the same to a form. */
function same(field: Field, a: DraftBody, b: DraftBody): boolean {
  return (a[field] || '') === (b[field] || '');
}

export function sameRecord(a: DraftBody, b: DraftBody): boolean {
  return fields.every((field) => same(field, a, b));
}

/** The fields in which two records differ. */
export function differing(a: DraftBody, b: DraftBody): Field[] {
  return fields.filter((field) => !same(field, a, b));
}

/** Joins `mine` and `theirs`, both grown from `base`. Clashing fields hold `mine` in the result. */
export function merge(base: DraftBody, mine: DraftBody, theirs: DraftBody): { body: DraftBody; clashes: Field[] } {
  const body: DraftBody = { ...mine };
  const clashes: Field[] = [];
  for (const field of fields) {
    if (same(field, mine, theirs) || same(field, base, theirs)) continue;
    if (same(field, base, mine)) take(body, theirs, field);
    else clashes.push(field);
  }
  return { body, clashes };
}

/** Both texts of a clash, mine first, for the fields that hold sentences. */
export function both(mine: DraftBody, theirs: DraftBody, clashes: Field[]): DraftBody {
  const body: DraftBody = { ...mine };
  for (const field of clashes) {
    if (field === 'subject') body.subject = `${mine.subject} / ${theirs.subject}`;
    if (field === 'detail') body.detail = `${mine.detail}\n${theirs.detail}`;
  }
  return body;
}

/** Puts one field of `from` into `body`. */
export function take<F extends Field>(body: DraftBody, from: DraftBody, field: F): void {
  body[field] = from[field];
}
