// The texts of one place, loaded with it. Rule as in the catalogue: English has exactly the keys of Thai.

import type { Lang } from '../format/date';
import { text } from './text.svelte';

export type Words = Record<string, string | ((...args: never[]) => string)>;
export type Same<T extends Words> = { readonly [K in keyof T]: T[K] extends (...args: infer A) => string ? (...args: A) => string : string };

export type PageText<T extends Words> = { readonly t: Same<T>; readonly all: Record<Lang, Same<T>> };

/** Both languages of a place: `const words = pageText(th, en)`, then `words.t.title`. */
export function pageText<T extends Words>(th: T, en: Same<T>): PageText<T> {
  const all: Record<Lang, Same<T>> = { th: th as unknown as Same<T>, en };
  return {
    all,
    get t() {
      return all[text.lang];
    },
  };
}
