import { describe, expect, it } from 'vitest';
import type { DraftBody } from '../wire';
import { dayTyped, flat, kindFieldsOnWire, nested } from './parts_of_draft';

const body: DraftBody = { subject: 'ป้ายราคา', kind: 'complaint', 'fields.respondent': 'ร้านโชคดี', 'fields.complainant.name': 'สมหญิง', 'plan.due': '2026-12-01' };

describe('the parts of a draft', () => {
  it('go over the wire in one another, and come back', () => {
    const wire = nested(body);
    expect(wire).toEqual({
      subject: 'ป้ายราคา',
      kind: 'complaint',
      fields: { respondent: 'ร้านโชคดี', complainant: { name: 'สมหญิง' } },
      plan: { due: '2026-12-01' },
    });
    expect(flat(wire as DraftBody)).toEqual(body);
  });

  it('stay as they are when they are apart already', () => expect(flat(body)).toEqual(body));

  it('of another kind are not confirmed', () => {
    expect(kindFieldsOnWire('tip', { ...body, 'fields.what': ' ขายเกินราคา ', anonymous: true })).toEqual({
      respondent: 'ร้านโชคดี',
      what: 'ขายเกินราคา',
      anonymous: true,
    });
    expect(kindFieldsOnWire('inquiry', body)).toBeUndefined();
  });

  it('read a day as Thais write it', () => {
    expect(['20/11/2569', '๒๐/๑๑/๖๙', '2569-11-20', 'เมื่อวาน'].map(dayTyped)).toEqual(['2569-11-20', '2569-11-20', '2569-11-20', 'เมื่อวาน']);
  });
});
