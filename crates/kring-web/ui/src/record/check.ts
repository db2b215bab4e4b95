// Whether a record can be confirmed: S6a and S6b of the manual.
// Rule: says what is missing, in the order of the form; never changes the record.

import type { CaseKind, Contact, DraftBody, NumberClass } from '../wire';

export type Missing = 'name' | 'subject' | 'department' | 'extension' | 'resolution';

/** Most calls are questions; the form shows this until another is chosen. */
export const usualKind: CaseKind = 'inquiry';

const filled = (value: string | null | undefined) => Boolean(value?.trim());

export function missing(body: DraftBody, known: Contact | null, number: NumberClass | undefined): Missing[] {
  // A tip may be given without a name, and who withholds the number may withhold the name.
  const nameless = number === 'anon' || body.kind === 'tip';
  const parts: [Missing, boolean][] = [
    ['name', known !== null || nameless || filled(body.given)],
    ['subject', filled(body.subject)],
    ['department', filled(body.department_id)],
    ['extension', body.resolution !== 'transferred' || filled(body.extension)],
    ['resolution', filled(body.resolution)],
  ];
  return parts.filter(([, there]) => !there).map(([part]) => part);
}

/** The record as it is confirmed: trimmed, with its person and its kind. */
export function finished(body: DraftBody, known: Contact | null): DraftBody {
  const text = (value: string | null | undefined) => value?.trim() || null;
  const name = known ? {} : { prefix: text(body.prefix), given: text(body.given), family: text(body.family) };
  return {
    contact_id: known?.id ?? null,
    ...name,
    subject: text(body.subject),
    detail: text(body.detail),
    department_id: body.department_id ?? null,
    extension: text(body.extension),
    kind: body.kind ?? usualKind,
    resolution: body.resolution ?? null,
  };
}
