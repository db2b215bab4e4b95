import { describe, expect, it } from 'vitest';
import { clockTyped, readWeek, wrongDay, writeWeek } from './week';

describe('opening hours', () => {
  it.each([
    'mon-fri 08:30-12:00,13:00-16:30; sat 09:00-12:00',
    'mon-sun 00:00-24:00',
    'mon 08:30-12:00; wed-thu 10:00-11:00',
    'fri 22:00-06:00',
  ])('%s is read and written the same', (text) => expect(writeWeek(readWeek(text)!)).toBe(text));

  it('of days with the same hours are gathered', () => {
    expect(writeWeek(readWeek('mon,tue 8:30-12:00; wed 08:30-12:00')!)).toBe('mon-wed 08:30-12:00');
  });

  it.each(['always', 'mon-fri', 'sun-mon 08:00-09:00', 'monday 08:00-09:00', 'mon 08:00'])('%s is left alone', (text) => expect(readWeek(text)).toBeNull());

  it.each([
    ['830', '08:30'],
    ['8.30', '08:30'],
    ['16:30', '16:30'],
    ['9', '09:00'],
    ['25:00', '25:00'],
    ['สาย', 'สาย'],
  ])('typed as %s are %s', (typed, clock) => expect(clockTyped(typed)).toBe(clock));

  it('say what is wrong with a day', () => {
    expect(wrongDay([{ from: '08:30', to: '12:00' }, { from: '11:00', to: '16:30' }])).toBe('overlap');
    expect(wrongDay([{ from: '08:30', to: '08:30' }])).toBe('empty');
    expect(wrongDay([{ from: '', to: '12:00' }])).toBe('empty');
    expect(wrongDay([{ from: '22:00', to: '06:00' }])).toBeNull();
    expect(wrongDay([])).toBeNull();
  });
});
