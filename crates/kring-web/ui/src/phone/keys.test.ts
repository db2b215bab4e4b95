import { expect, it } from 'vitest';
import { dialled } from './keys';
import { loudness } from './level';

const press = (code: string, more: Partial<KeyboardEvent> = {}) => dialled({ code, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, repeat: false, ...more });

it('goes by the place of the key: 5 is ถ on a Thai layout', () => {
  expect(press('Digit5', { key: 'ถ' } as Partial<KeyboardEvent>)).toBe('5');
  expect(press('Numpad0')).toBe('0');
});

it('knows star and square', () => {
  expect(press('NumpadMultiply')).toBe('*');
  expect(press('Digit8', { shiftKey: true })).toBe('*');
  expect(press('Digit3', { shiftKey: true })).toBe('#');
});

it('leaves other keys alone, and a key that is held down', () => {
  expect(press('KeyA')).toBeNull();
  expect(press('Digit1', { shiftKey: true })).toBeNull();
  expect(press('Digit1', { altKey: true })).toBeNull();
  expect(press('Digit1', { repeat: true })).toBeNull();
});

it('puts a voice at two thirds of the meter, and silence at its foot', () => {
  const sine = (peak: number) => Float32Array.from({ length: 1024 }, (_, i) => peak * Math.sin(i / 4));
  expect(loudness(new Float32Array(1024))).toBe(0);
  expect(loudness(sine(0.14))).toBeCloseTo(0.66, 1);
  expect(loudness(sine(1))).toBeCloseTo(0.95, 1);
});
