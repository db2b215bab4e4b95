import { describe, expect, it } from 'vitest';
import { readYear } from './year';

describe('a year of holidays', () => {
  it.each([
    ['2026-12-07 ชดเชยวันพ่อแห่งชาติ', '2026-12-07', 'ชดเชยวันพ่อแห่งชาติ'],
    ['2569-12-10, วันรัฐธรรมนูญ', '2026-12-10', 'วันรัฐธรรมนูญ'],
    ['7/12/2569 ชดเชยวันพ่อแห่งชาติ', '2026-12-07', 'ชดเชยวันพ่อแห่งชาติ'],
    ['๑๓ เมษายน ๒๕๗๐ วันสงกรานต์', '2027-04-13', 'วันสงกรานต์'],
    ['วันพุธที่ 14 เม.ย. 2570 วันสงกรานต์', '2027-04-14', 'วันสงกรานต์'],
    ['1. 1 มกราคม วันขึ้นปีใหม่', '2027-01-01', 'วันขึ้นปีใหม่'],
    ['5/5 วันฉัตรมงคล', '2027-05-05', 'วันฉัตรมงคล'],
  ])('%s', (typed, day, name) => expect(readYear(typed, 2027)).toMatchObject([{ day, name }]));

  it.each(['31 กุมภาพันธ์ 2570 ไม่มีวันนี้', 'วันสงกรานต์', '2027-04-13', '13 เมษา วันสงกรานต์'])('%s is told, not guessed', (typed) => {
    const [line] = readYear(typed, 2027);
    expect(line!.day).toBeUndefined();
    expect(line!.text).toBe(typed);
  });

  it('says in which line each stands, and leaves empty ones out', () => {
    expect(readYear('\n1/1 วันขึ้นปีใหม่\n\nพรุ่งนี้ หยุด', 2027).map(({ at, day }) => [at, day])).toEqual([[2, '2027-01-01'], [4, undefined]]);
  });
});
