import { expect, it } from 'vitest';
import { intent } from './keys';

const press = (code: string, more: Partial<KeyboardEvent> = {}) =>
  intent({ code, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, repeat: false, isComposing: false, ...more });

it('answers by F2, holds by F4, hangs up by F9, confirms by Ctrl+Enter', () => {
  expect(press('F2')).toBe('answer');
  expect(press('F4')).toBe('hold');
  expect(press('F9')).toBe('hangUp');
  expect(press('Enter', { ctrlKey: true })).toBe('confirm');
  expect(press('NumpadEnter', { metaKey: true })).toBe('confirm');
});

it('opens a transfer by F7 and a consult by Shift+F7', () => {
  expect(press('F7')).toBe('transfer');
  expect(press('F7', { shiftKey: true })).toBe('consult');
  expect(press('F9', { shiftKey: true })).toBeUndefined();
  expect(press('F7', { shiftKey: true, ctrlKey: true })).toBeUndefined();
});

it('goes by the place of the key and not by its letter: Alt+3 is จ on a Thai layout', () => {
  expect(press('Digit3', { altKey: true, key: 'จ' } as Partial<KeyboardEvent>)).toBe('toRecord');
});

it('leaves typing alone', () => {
  expect(press('Enter')).toBeUndefined();
  expect(press('Digit3')).toBeUndefined();
  expect(press('KeyA', { ctrlKey: true })).toBeUndefined();
  expect(press('Digit3', { altKey: true, ctrlKey: true })).toBeUndefined();
});

it('acts once while a key is held down', () => expect(press('F2', { repeat: true })).toBeUndefined());
