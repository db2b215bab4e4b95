// The facts of a case in the order in which they are read, by its kind.

import type { Case, CaseFields } from './wire';
import { daySaid } from './said';
import { words } from './words';

/** A value of null is one that this role may not see. */
export type Fact = { name: string; value: string | null };

export function factsOf(one: Case): Fact[] {
  const t = words.t;
  if (one.masked) return [t.person, t.contactWay, t.respondentTip, t.detail].map((name) => ({ name, value: null }));
  const fields: CaseFields = one.fields ?? {};
  const said = (name: string, value: string | null | undefined): Fact[] => (value?.trim() ? [{ name, value }] : []);
  switch (one.kind) {
    case 'complaint':
      return [
        ...said(t.respondent, fields.respondent), ...said(t.goods, fields.goods_or_shop), ...said(t.place, fields.place),
        ...said(t.happenedOn, fields.happened_on ? daySaid(fields.happened_on) : ''), ...said(t.evidence, fields.evidence), ...said(t.wish, fields.wish),
      ];
    case 'tip':
      return [...said(t.respondentTip, fields.respondent), ...said(t.place, fields.place), ...said(t.what, fields.what), ...said(t.when, fields.when)];
    case 'consultation':
      return [...said(t.officer, fields.officer), ...said(t.question, fields.question), ...said(t.legalBasis, fields.legal_basis), ...said(t.answer, fields.answer)];
    default:
      return [];
  }
}
