// Whether a record can be confirmed: S6a and S6b of the manual.
// Rule: says what is missing, in the order of the form; never changes the record.

import type { CaseKind, Contact, DraftBody, NumberClass, RecordBody } from '../wire';
import { kindFieldsOnWire } from './parts_of_draft';

export type Missing = 'name' | 'subject' | 'department' | 'extension' | 'resolution' | 'complainant' | 'plan';

/** Most calls are questions; the form shows this until another is chosen. */
export const usualKind: CaseKind = 'inquiry';

const filled = (value: string | null | undefined) => Boolean(value?.trim());

export function missing(body: DraftBody, known: Contact | null, number: NumberClass | undefined): Missing[] {
  // A tip may be given without a name, and who withholds the number may withhold the name.
  const nameless = number === 'anon' || body.kind === 'tip' || body.anonymous === true;
  const speaksForOther = body.kind === 'complaint' && (filled(body['fields.complainant.phone']) || filled(body['fields.complainant.address']));
  const parts: [Missing, boolean][] = [
    ['name', known !== null || nameless || filled(body.given)],
    ['subject', filled(body.subject)],
    ['complainant', !speaksForOther || filled(body['fields.complainant.name'])],
    // A tip need not have a unit: whoever reads tips finds it.
    ['department', filled(body.department_id) || body.kind === 'tip'],
    ['extension', body.resolution !== 'transferred' || filled(body.extension)],
    ['resolution', filled(body.resolution)],
    // What is to be done has its day.
    ['plan', !(filled(body['plan.note']) || filled(body['plan.channel'])) || filled(body['plan.due'])],
  ];
  return parts.filter(([, there]) => !there).map(([part]) => part);
}

/** The record as it is confirmed: trimmed, with its person, its kind and what that has beside. */
export function finished(body: DraftBody, known: Contact | null): RecordBody {
  const text = (value: string | null | undefined) => value?.trim() || null;
  const kind = body.kind ?? usualKind;
  const nobody = kind === 'tip' && body.anonymous === true;
  const name = known || nobody ? {} : { prefix: text(body.prefix), given: text(body.given), family: text(body.family) };
  const fields = kindFieldsOnWire(kind, body);
  return {
    contact_id: nobody ? null : (known?.id ?? null),
    ...(nobody ? { anonymous: true } : {}),
    ...name,
    subject: text(body.subject),
    detail: text(body.detail),
    department_id: body.department_id ?? null,
    extension: text(body.extension),
    kind,
    resolution: body.resolution ?? null,
    ...(body.notice_told ? { notice_told: true } : {}),
    ...(fields ? { fields } : {}),
  };
}
