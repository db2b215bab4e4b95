// A case as a form has it: flat, by the names that the server's refusals use.

import type { CaseKind, Resolution } from '../wire';
import type { Case, CaseFields } from './wire';

export type KindFields = {
  'fields.complainant.name': string;
  'fields.complainant.phone': string;
  'fields.complainant.address': string;
  other: boolean;
  'fields.respondent': string;
  'fields.goods_or_shop': string;
  'fields.place': string;
  'fields.happened_on': string;
  'fields.evidence': string;
  'fields.wish': string;
  'fields.anonymous': boolean;
  'fields.what': string;
  'fields.when': string;
  'fields.officer': string;
  'fields.question': string;
  'fields.legal_basis': string;
  'fields.answer': string;
};

export type CaseBody = KindFields & {
  subject: string;
  detail: string;
  department_id: string;
  extension: string;
  resolution: Resolution;
  due: string;
  restricted: boolean;
};

/** Which texts a kind has beside the common ones, in their order. */
export const kindTexts: Record<CaseKind, (keyof KindFields)[]> = {
  inquiry: [],
  consultation: ['fields.officer', 'fields.question', 'fields.legal_basis', 'fields.answer'],
  complaint: ['fields.respondent', 'fields.goods_or_shop', 'fields.place', 'fields.happened_on', 'fields.evidence', 'fields.wish'],
  tip: ['fields.respondent', 'fields.place', 'fields.what', 'fields.when'],
};
/** Those that are written at length. */
export const longTexts: (keyof KindFields)[] = ['fields.evidence', 'fields.wish', 'fields.what', 'fields.question', 'fields.legal_basis', 'fields.answer'];

export function kindFields(fields: CaseFields | null): KindFields {
  const f = fields ?? {};
  const other = f.complainant?.who === 'other' ? f.complainant : null;
  return {
    'fields.complainant.name': other?.name ?? '', 'fields.complainant.phone': other?.phone ?? '', 'fields.complainant.address': other?.address ?? '', other: other !== null,
    'fields.respondent': f.respondent ?? '', 'fields.goods_or_shop': f.goods_or_shop ?? '', 'fields.place': f.place ?? '', 'fields.happened_on': f.happened_on ?? '',
    'fields.evidence': f.evidence ?? '', 'fields.wish': f.wish ?? '', 'fields.anonymous': f.anonymous ?? false, 'fields.what': f.what ?? '', 'fields.when': f.when ?? '',
    'fields.officer': f.officer ?? '', 'fields.question': f.question ?? '', 'fields.legal_basis': f.legal_basis ?? '', 'fields.answer': f.answer ?? '',
  };
}

export const caseBody = (one: Case): CaseBody => ({
  ...kindFields(one.fields),
  subject: one.subject,
  detail: one.detail,
  department_id: one.department_id ?? '',
  extension: one.extension ?? '',
  resolution: one.resolution,
  due: '',
  restricted: one.confidentiality === 'restricted',
});

/** What REST takes as `fields`; an inquiry has none. */
export function fieldsOf(kind: CaseKind, body: KindFields): Record<string, unknown> | null {
  if (kind === 'inquiry') return null;
  const fields: Record<string, unknown> = Object.fromEntries(kindTexts[kind].map((name) => [name.replace('fields.', ''), String(body[name]).trim()]));
  if (kind === 'complaint') {
    fields.complainant = body.other
      ? { name: body['fields.complainant.name'].trim(), phone: body['fields.complainant.phone'].trim(), address: body['fields.complainant.address'].trim() }
      : 'contact';
    if (!fields.happened_on) delete fields.happened_on;
  }
  if (kind === 'tip') fields.anonymous = body['fields.anonymous'];
  return fields;
}

export const touchesFields = (changes: Partial<CaseBody>) => Object.keys(changes).some((name) => name === 'other' || name.startsWith('fields.'));
