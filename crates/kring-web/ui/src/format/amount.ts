// Counts, shares and seconds as they are read.

export const count = (n: number) => n.toLocaleString('en-US');
/** `97.0`; `100` has no decimal. */
export const share = (pct: number) => (pct === 100 ? '100' : pct.toFixed(1));
/** `12.4` of milliseconds. */
export const seconds = (ms: number, digits = 1) => (ms / 1000).toFixed(digits);

/** A text of at most so many letters, never cut within one: Thai marks stay on theirs. */
export function shortened(text: string, most: number): string {
  const letters = [...new Intl.Segmenter('th', { granularity: 'grapheme' }).segment(text)];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).map((one) => one.segment).join('').trimEnd()}…`;
}
