// The members of a draft that stand in others on the wire: what a kind has beside, and what is planned.
// Here every one is a field of its own, named by its path, so that two versions are joined field by field.
// Rule: there and back again gives the same draft.

import type { CaseKind, DraftBody, KindField, PlanField } from '../wire';

/** What each kind has beside; an inquiry has nothing. */
export const fieldsOfKind: Record<CaseKind, readonly KindField[]> = {
  inquiry: [],
  consultation: ['fields.officer', 'fields.question', 'fields.legal_basis', 'fields.answer'],
  complaint: [
    'fields.complainant.name',
    'fields.complainant.phone',
    'fields.complainant.address',
    'fields.respondent',
    'fields.goods_or_shop',
    'fields.place',
    'fields.happened_on',
    'fields.evidence',
    'fields.wish',
  ],
  tip: ['fields.respondent', 'fields.place', 'fields.what', 'fields.when'],
};
export const planFields: readonly PlanField[] = ['plan.due', 'plan.channel', 'plan.note'];
export const kindFields: readonly KindField[] = [...new Set(Object.values(fieldsOfKind).flat())];

const parts: readonly string[] = [...kindFields, ...planFields];
type Nested = { [name: string]: unknown };

function put(into: Nested, path: string, value: unknown): void {
  const [first, ...rest] = path.split('.');
  if (rest.length === 0) into[first!] = value;
  else put((into[first!] ??= {}) as Nested, rest.join('.'), value);
}

function at(from: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Nested)[name] : undefined), from);
}

/** As the server keeps it. */
export function nested(body: DraftBody): Record<string, unknown> {
  const made: Nested = {};
  for (const [name, value] of Object.entries(body)) {
    if (!parts.includes(name)) made[name] = value;
    else if (value !== null && value !== undefined && value !== '') put(made, name, value);
  }
  return made;
}

/** As the form has it; what is so already stays. */
export function flat(body: DraftBody): DraftBody {
  const { fields: _fields, plan: _plan, ...rest } = body as DraftBody & Nested;
  const made: Nested = { ...rest };
  for (const name of parts) {
    const value = at(body, name);
    if (typeof value === 'string' && value !== '') made[name] = value;
  }
  return made as DraftBody;
}

/** `20/11/2569`, `20 11 69` and Thai digits as the server reads a day; what is no day stays as it was typed. */
export function dayTyped(typed: string): string {
  const digits = typed.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));
  const [, day, month, year] = /^(\d{1,2})[\s./-](\d{1,2})[\s./-](\d{2}|\d{4})$/.exec(digits.trim()) ?? [];
  if (!day || !month || !year) return digits.trim();
  return `${year.length === 2 ? `25${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** The fields of this kind, for the confirmation; nothing when none is filled. */
export function kindFieldsOnWire(kind: CaseKind, body: DraftBody): Record<string, unknown> | undefined {
  const made: Nested = {};
  for (const name of fieldsOfKind[kind]) {
    const value = body[name]?.trim();
    if (value) put(made, name, name === 'fields.happened_on' ? dayTyped(value) : value);
  }
  const fields = (made.fields ?? {}) as Nested;
  if (kind === 'tip' && body.anonymous) fields.anonymous = true;
  return Object.keys(fields).length > 0 ? fields : undefined;
}
