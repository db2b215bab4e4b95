// Finding a department by name, short name, topic, website or extension.
// Rule: every word typed must be found somewhere; Thai vowels and tones are compared as folded text.

import type { Department } from '../wire';

/** Folds what Thai keyboards write in more than one way: นิคหิต + า, เ + เ, Thai digits, zero width. */
export function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\u200b-\u200d\ufeff]/g, '')
    .replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50))
    .replace(/\u0e4d([\u0e48-\u0e4b]?)\u0e32/g, '$1\u0e33')
    .replace(/เเ/g, 'แ');
}

export function extensions(department: Department): string[] {
  return (department.endpoints ?? []).map((endpoint) => endpoint.extension);
}

export function departmentName(department: Department, lang: 'th' | 'en'): string {
  return lang === 'en' ? department.name_en || department.name_th : department.name_th;
}

/** Those that hold every word of the query, names before topics. */
export function find(departments: Department[], query: string): Department[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return departments;
  const names = (d: Department) => folded([d.name_th, d.name_en, d.short].join(' '));
  const rest = (d: Department) => folded([...(d.topics ?? []), d.website, d.hotline, ...extensions(d)].join(' '));
  const inName = (d: Department) => words.every((word) => names(d).includes(word));
  const anywhere = (d: Department) => words.every((word) => names(d).includes(word) || rest(d).includes(word));
  return [...departments.filter(inName), ...departments.filter((d) => !inName(d) && anywhere(d))];
}
