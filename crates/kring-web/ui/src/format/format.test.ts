import { describe, expect, it } from 'vitest';
import { clockSeconds, day, dayAndClock, length, weekdayAndDay } from './date';
import { fullName, splitName } from './name';
import { copied, thaiNumber } from './number';

describe('numbers', () => {
  it.each([
    ['+66812345678', '081-234-5678'],
    ['+6625077000', '02-507-7000'],
    ['+6638611025', '038-611-025'],
    ['0812345678', '081-234-5678'],
    ['+66891112222', '089-111-2222'],
    ['short:1203', '1203'],
    ['ext:2104', '2104'],
    ['+442079460018', '+442079460018'],
    ['anon', 'anon'],
  ])('%s is shown as %s', (canonical, shown) => expect(thaiNumber(canonical)).toBe(shown));

  it('are copied as E.164, never as they are grouped on the screen', () => {
    expect(copied('+66812345678')).toBe('+66812345678');
    expect(copied('ext:2104')).toBe('2104');
  });
});

describe('dates', () => {
  it('are in the Buddhist era and Bangkok time, whatever the zone of the PC', () => {
    expect(dayAndClock('2026-11-23T08:12:04.000000Z', 'th')).toBe('23 พ.ย. 2569 · 15:12 น.');
    expect(dayAndClock('2026-11-23T08:12:04Z', 'en')).toBe('23 Nov 2026 · 15:12');
    expect(clockSeconds(new Date('2026-11-23T08:12:04Z'), 'th')).toBe('15:12:04 น.');
  });

  it('turn to the new year at midnight in Bangkok', () => {
    expect(day(new Date('2026-12-31T16:59:59Z'), 'th')).toBe('31 ธ.ค. 2569');
    expect(weekdayAndDay(new Date('2026-12-31T17:00:00Z'), 'th')).toBe('ศุกร์ 1 ม.ค. 2570');
  });

  it('leave what is no date as it is', () => expect(dayAndClock('เมื่อวาน', 'th')).toBe('เมื่อวาน'));

  it.each([
    [0, '00:00'],
    [134_900, '02:14'],
    [3_734_000, '1:02:14'],
    [-5, '00:00'],
  ])('a length of %i ms is %s', (ms, shown) => expect(length(ms)).toBe(shown));
});

describe('names', () => {
  it('are joined as Thai writes them', () => {
    expect(fullName({ prefix: 'นางสาว', given: 'กมลชนก', family: 'แก้วประเสริฐ' })).toBe('นางสาวกมลชนก แก้วประเสริฐ');
    expect(fullName({ given: 'สมศรี', family: null })).toBe('สมศรี');
  });

  it('typed whole into one field are split, longest prefix first', () => {
    expect(splitName('นางสาวกมลชนก แก้วประเสริฐ')).toEqual({ prefix: 'นางสาว', given: 'กมลชนก', family: 'แก้วประเสริฐ' });
    expect(splitName('นาย สมชาย ใจดี')).toEqual({ prefix: 'นาย', given: 'สมชาย', family: 'ใจดี' });
    expect(splitName('สมชาย ณ ระยอง')).toEqual({ prefix: '', given: 'สมชาย', family: 'ณ ระยอง' });
  });

  it('that cannot be split are left alone', () => {
    expect(splitName('สมศรี')).toBeUndefined();
    expect(splitName('นายก')).toBeUndefined();
    expect(splitName('')).toBeUndefined();
  });
});
