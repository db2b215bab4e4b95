import { describe, expect, it } from 'vitest';
import { fieldsOf, kindFields, touchesFields } from './case_form';

describe('the form of a case', () => {
  it('reads and writes what a complaint says', () => {
    const stored = { complainant: { who: 'other' as const, name: 'สมหญิง ใจดี', phone: '081', address: '' }, respondent: 'ร้านโชคดี', happened_on: '2026-11-20' };
    expect(fieldsOf('complaint', kindFields(stored))).toEqual({
      complainant: { name: 'สมหญิง ใจดี', phone: '081', address: '' }, respondent: 'ร้านโชคดี', goods_or_shop: '', place: '', happened_on: '2026-11-20', evidence: '', wish: '',
    });
  });

  it('says that the person of the case complains, when nobody else does', () => {
    expect(fieldsOf('complaint', kindFields(null))).toMatchObject({ complainant: 'contact' });
    expect(fieldsOf('complaint', kindFields(null))).not.toHaveProperty('happened_on');
  });

  it('keeps a tip anonymous', () => {
    expect(fieldsOf('tip', { ...kindFields(null), 'fields.anonymous': true })).toEqual({ respondent: '', place: '', what: '', when: '', anonymous: true });
    expect(fieldsOf('inquiry', kindFields(null))).toBeNull();
  });

  it('knows when the fields of the kind are others', () => {
    expect(touchesFields({ subject: 'x' })).toBe(false);
    expect(touchesFields({ 'fields.wish': 'x' })).toBe(true);
  });
});
