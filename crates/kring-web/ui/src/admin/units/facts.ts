// The facts of a department as a form has them: topics are lines of text.

import type { UnitFields } from '../api';
import type { Unit } from '../wire';
import { words } from './words';

export type Typed = { short: string; name_th: string; name_en: string; website: string; hotline: string; topics: string; sort: string };
export const nothing: Typed = { short: '', name_th: '', name_en: '', website: '', hotline: '', topics: '', sort: '' };

export const typedOf = (unit: Unit): Typed => ({
  short: unit.short, name_th: unit.name_th, name_en: unit.name_en, website: unit.website, hotline: unit.hotline ?? '', topics: unit.topics.join('\n'), sort: String(unit.sort),
});

export function fieldsOf({ topics, sort, ...same }: Partial<Typed>): Partial<UnitFields> {
  return {
    ...same,
    ...(topics === undefined ? {} : { topics: topics.split('\n').map((one) => one.trim()).filter(Boolean) }),
    ...(sort ? { sort: Number(sort) } : {}),
  };
}

export function wrongSaid(field: string): string | null {
  const t = words.t;
  const said: Record<string, string> = { short: t.badShort, name_th: t.badNameTh, hotline: t.badHotline, website: t.badWebsite };
  return said[field] ?? null;
}
