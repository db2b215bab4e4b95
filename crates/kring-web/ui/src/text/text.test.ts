import { describe, expect, it } from 'vitest';
import { en } from './en';
import { th } from './th';

type Any = Record<string, string | ((...args: unknown[]) => string)>;
const said = (catalogue: Any, key: string) => {
  const value = catalogue[key]!;
  return typeof value === 'function' ? value(1, 2) : value;
};

/** The texts of the places are found by themselves: a place whose words lack something fails here. */
const pages = import.meta.glob<Record<string, unknown>>('../**/words.ts', { eager: true });
const pairs: [string, Any, Any][] = [['the console', th as unknown as Any, en as unknown as Any]];
for (const [file, module] of Object.entries(pages)) {
  for (const exported of Object.values(module)) {
    const all = (exported as { all?: Record<'th' | 'en', Any> } | null)?.all;
    if (all) pairs.push([file, all.th, all.en]);
  }
}

describe.each(pairs)('the texts of %s', (_, th, en) => {
  it('have exactly the same keys', () => expect(Object.keys(en).sort()).toEqual(Object.keys(th).sort()));

  it('have functions of as many arguments in the same places', () => {
    for (const [key, value] of Object.entries(th)) {
      const other = en[key];
      expect(typeof other, key).toBe(typeof value);
      if (typeof value === 'function') expect((other as () => string).length, key).toBe(value.length);
    }
  });

  it('are never empty, and say in Thai what is Thai', () => {
    for (const key of Object.keys(th)) {
      expect(said(th, key).trim(), key).not.toBe('');
      expect(said(en, key).trim(), key).not.toBe('');
      if (!['languageShort', 'switchLanguage'].includes(key)) {
        expect(said(th, key), key).toMatch(/[฀-๿]/);
        expect(said(en, key), key).not.toMatch(/[฀-๿]/);
      }
    }
  });

  it('do not end a sentence with a full stop', () => {
    for (const key of Object.keys(th)) expect(said(th, key), key).not.toMatch(/[^.]\.$/);
  });
});
