// What the fields of a kind are called; some are called otherwise in a tip.

import type { CaseKind, KindField, PlanField } from '../wire';
import { words } from './words';

type Key = { [K in keyof typeof words.t]: (typeof words.t)[K] extends string ? K : never }[keyof typeof words.t];
const keys: Record<KindField | PlanField, Key> = {
  'fields.complainant.name': 'complainantName',
  'fields.complainant.phone': 'complainantPhone',
  'fields.complainant.address': 'complainantAddress',
  'fields.respondent': 'respondent',
  'fields.goods_or_shop': 'goodsOrShop',
  'fields.place': 'place',
  'fields.happened_on': 'happenedOn',
  'fields.evidence': 'evidence',
  'fields.wish': 'wish',
  'fields.what': 'what',
  'fields.when': 'when',
  'fields.officer': 'officer',
  'fields.question': 'question',
  'fields.legal_basis': 'legalBasis',
  'fields.answer': 'answer',
  'plan.due': 'planDue',
  'plan.channel': 'planChannel',
  'plan.note': 'planNote',
};

export function kindFieldName(field: KindField | PlanField, kind?: CaseKind): string {
  const t = words.t;
  return field === 'fields.respondent' && kind === 'tip' ? t.tipRespondent : (t[keys[field]] as string);
}
