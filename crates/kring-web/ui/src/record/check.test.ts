import { describe, expect, it } from 'vitest';
import { finished, missing } from './check';

const whole = { given: 'สมชาย', subject: 'จดทะเบียน', department_id: '6', resolution: 'answered' } as const;
const known = { id: '7', prefix: 'นาย', given: 'สมชาย', family: 'ใจดี' };

describe('a record can be confirmed', () => {
  it('for a new caller with name, matter, department and outcome (S6a)', () => {
    expect(missing(whole, null, 'mobile')).toEqual([]);
    expect(missing({}, null, 'mobile')).toEqual(['name', 'subject', 'department', 'resolution']);
    expect(missing({ ...whole, given: '  ' }, null, 'mobile')).toEqual(['name']);
  });

  it('for one who called before without asking the name again (S6b)', () => {
    expect(missing({ ...whole, given: null }, known, 'mobile')).toEqual([]);
  });

  it('with the extension when the call was transferred, and only then', () => {
    expect(missing({ ...whole, resolution: 'transferred' }, null, 'mobile')).toEqual(['extension']);
    expect(missing({ ...whole, resolution: 'transferred', extension: '5512' }, null, 'mobile')).toEqual([]);
  });

  it('without a name for a tip or a withheld number', () => {
    expect(missing({ ...whole, given: '', kind: 'tip' }, null, 'mobile')).toEqual([]);
    expect(missing({ ...whole, given: '' }, null, 'anon')).toEqual([]);
  });
});

describe('a finished record', () => {
  it('names the known person by id alone', () => {
    expect(finished({ ...whole, prefix: 'นาย' }, known)).toEqual({
      contact_id: '7',
      subject: 'จดทะเบียน',
      detail: null,
      department_id: '6',
      extension: null,
      kind: 'inquiry',
      resolution: 'answered',
    });
  });

  it('is trimmed and carries the name of a new caller in its parts', () => {
    const body = { ...whole, prefix: 'นาย', given: ' สมชาย ', family: 'ใจดี', detail: '\n' };
    expect(finished(body, null)).toMatchObject({ contact_id: null, prefix: 'นาย', given: 'สมชาย', family: 'ใจดี', detail: null });
  });
});
