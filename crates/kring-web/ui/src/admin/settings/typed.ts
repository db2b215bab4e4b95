// Settings as a form has them, and back to what the server takes.

import type { Setting, Value } from './wire';

/** A switch is true or false; everything else is text. */
export type Typed = Record<string, string | boolean>;

export const isFixed = (setting: Setting) => setting.read_only === true || setting.source === 'file';

export function shown(value: Value): string | boolean {
  if (typeof value === 'boolean') return value;
  if (value === null) return '';
  return Array.isArray(value) ? value.join('\n') : String(value);
}

export const typedOf = (items: Setting[]): Typed => Object.fromEntries(items.filter((one) => !isFixed(one)).map((one) => [one.key, shown(one.value)]));

/** As the server takes it: text that is empty is the default again. */
export function valueOf(setting: Setting, typed: string | boolean): Value {
  if (typeof typed === 'boolean') return typed;
  const kind = setting.value ?? setting.default;
  if (Array.isArray(kind)) return typed.split('\n').map((one) => one.trim()).filter(Boolean);
  const text = typed.trim();
  if (text === '') return null;
  const isNumber = typeof kind === 'number' || setting.min != null || setting.max != null;
  return isNumber && /^-?\d+$/.test(text) ? Number(text) : text;
}

/** Of the changes, what is sent. */
export const valuesOf = (items: Setting[], changes: Partial<Typed>): Record<string, Value> =>
  Object.fromEntries(items.flatMap((one) => (one.key in changes ? [[one.key, valueOf(one, changes[one.key]!)]] : [])));

/** The tables in the order of the file, each with its settings. */
export function grouped(items: Setting[]): Map<string, Setting[]> {
  const groups = new Map<string, Setting[]>();
  for (const setting of items) {
    const group = setting.read_only ? 'process' : setting.key.split('.')[0]!;
    groups.set(group, [...(groups.get(group) ?? []), setting]);
  }
  return groups;
}
