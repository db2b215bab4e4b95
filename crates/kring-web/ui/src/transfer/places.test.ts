import { expect, it } from 'vitest';
import { placeOfHit, placeShort, placeTyped, typedNumber } from './places';

const hit = { department_id: '6', short: 'DBD', name_th: 'กรมพัฒนาธุรกิจการค้า', open: true, found_by: 'topic' };
const all = [{ id: '6', name_th: '', endpoints: [{ extension: '2104' }] }, { id: '9', name_th: '' }];

it('reads a number in either digits and in groups, and nothing else as one', () => {
  expect(typedNumber('๒๑๐๔')).toBe('2104');
  expect(typedNumber('02-507 7000')).toBe('025077000');
  expect(typedNumber('+66 2 507 7000')).toBe('+6625077000');
  expect(typedNumber('*72')).toBe('*72');
  expect(typedNumber('DBD 2104')).toBeNull();
  expect(typedNumber('7')).toBeNull();
});

it('asks for a unit by its id, so that its desks are tried in order, and for a desk by its number', () => {
  expect(placeOfHit(hit, all)).toMatchObject({ target: { department_id: '6' }, extension: '2104', byTopic: true });
  const desk = placeOfHit({ ...hit, endpoint: { extension: '2105' } }, all);
  expect(desk).toMatchObject({ target: { extension: '2105' } });
  expect(placeShort(desk)).toBe('DBD 2105');
});

it('knows that a unit without a desk cannot be called', () => {
  expect(placeOfHit({ ...hit, department_id: '9' }, all).extension).toBeNull();
});

it('takes a number that is in no list', () => expect(placeTyped('5512')).toMatchObject({ target: { extension: '5512' }, unit: null }));
