// Telephone numbers as Thai readers group them.
// Rule: shows, never interprets: what is not a plain Thai number is left as it came.

/** `+66812345678` as 081-234-5678, `+6625077000` as 02-507-7000, `ext:2104` as 2104. */
export function thaiNumber(canonical: string): string {
  const short = /^(?:short|ext):(\d+)$/.exec(canonical)?.[1];
  if (short) return short;
  const digits = canonical.replace(/^\+66/, '0').replace(/[\s-]/g, '');
  if (/^0[689]\d{8}$/.test(digits)) return group(digits, 3, 6);
  if (/^02\d{7}$/.test(digits)) return group(digits, 2, 5);
  if (/^0[3-57]\d{7}$/.test(digits)) return group(digits, 3, 6);
  if (/^1[3-9]00\d{6}$/.test(digits)) return group(digits, 4, 7);
  return canonical;
}

function group(digits: string, first: number, second: number): string {
  return `${digits.slice(0, first)}-${digits.slice(first, second)}-${digits.slice(second)}`;
}

/** What a click on a number copies: E.164, or the short digits. */
export function copied(canonical: string): string {
  return canonical.replace(/^(?:short|ext):/, '');
}
