import { expect, it } from 'vitest';
import type { Department } from '../wire';
import { find, folded } from './search';

const all: Department[] = [
  { id: '1', name_th: 'กรมการค้าภายใน', name_en: 'Department of Internal Trade', short: 'DIT', hotline: '1569', topics: ['ราคาสินค้า เครื่องชั่ง', 'ป้ายราคา'], endpoints: [{ extension: '5512' }] },
  { id: '2', name_th: 'กรมพัฒนาธุรกิจการค้า', name_en: 'Department of Business Development', short: 'DBD', topics: ['จดทะเบียนพาณิชย์', 'งบการเงิน'] },
  { id: '3', name_th: 'กรมส่งเสริมการค้าระหว่างประเทศ', short: 'DITP', topics: ['ส่งออก', 'ตราน้ำ'] },
];
const found = (query: string) => find(all, query).map((d) => d.id);

it('finds a department by any of its names, by topic, hotline and extension', () => {
  expect(found('')).toEqual(['1', '2', '3']);
  expect(found('dbd')).toEqual(['2']);
  expect(found('business')).toEqual(['2']);
  expect(found('ทะเบียน')).toEqual(['2']);
  expect(found('1569')).toEqual(['1']);
  expect(found('5512')).toEqual(['1']);
  expect(found('การค้า ราคา')).toEqual(['1']);
  expect(found('ไม่มี')).toEqual([]);
});

it('puts names before topics', () => expect(found('ภายใน')).toEqual(['1']));

it('reads what Thai keyboards write in more than one way', () => {
  expect(folded('นํ้า')).toBe(folded('น้ำ'));
  expect(folded('เเจ้ง')).toBe('แจ้ง');
  expect(folded('๑๕๖๙')).toBe('1569');
  expect(found('ตรานํ้า')).toEqual(['3']);
});
