// The texts of the call log and of one call's page.

import { pageText } from '../text/page_text.svelte';
import { text } from '../text/text.svelte';
import { en } from './words_en';
import { th } from './words_th';

export const words = pageText(th, en);

type Plain = { [K in keyof typeof th]: (typeof th)[K] extends string ? K : never }[keyof typeof th];
/** A word for a code by its prefix; a code that the page does not know is shown as it came. */
export const coded = (prefix: string, code: string | null | undefined): string => {
  if (!code) return '';
  const key = prefix + code.split('_').map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');
  return key in th ? words.t[key as Plain] : code;
};
export const told = (of: { told_th: string; told_en: string }) => (text.lang === 'th' ? of.told_th : of.told_en);
