import { describe, expect, it } from 'vitest';
import { en } from './en';
import { th } from './th';

type Any = Record<string, string | ((...args: unknown[]) => string)>;
const said = (catalogue: Any, key: string) => {
  const value = catalogue[key]!;
  return typeof value === 'function' ? value(1, 2) : value;
};

describe('the catalogues', () => {
  it('have exactly the same keys', () => expect(Object.keys(en).sort()).toEqual(Object.keys(th).sort()));

  it('have functions of as many arguments in the same places', () => {
    for (const [key, value] of Object.entries(th as unknown as Any)) {
      const other = (en as unknown as Any)[key];
      expect(typeof other, key).toBe(typeof value);
      if (typeof value === 'function') expect((other as () => string).length, key).toBe(value.length);
    }
  });

  it('are never empty, and say in Thai what is Thai', () => {
    for (const key of Object.keys(th)) {
      expect(said(th as unknown as Any, key).trim(), key).not.toBe('');
      expect(said(en as unknown as Any, key).trim(), key).not.toBe('');
      if (!['languageShort', 'switchLanguage'].includes(key)) {
        expect(said(th as unknown as Any, key), key).toMatch(/[฀-๿]/);
        expect(said(en as unknown as Any, key), key).not.toMatch(/[฀-๿]/);
      }
    }
  });

  it('do not end a sentence with a full stop', () => {
    for (const key of Object.keys(th)) expect(said(th as unknown as Any, key), key).not.toMatch(/[^.]\.$/);
  });
});
