// Thai names: prefix, given, family; the prefix is written onto the given name.

import type { Contact } from '../wire';

/** Prefixes offered in the form. Others can be typed. */
export const prefixes = ['นาย', 'นาง', 'นางสาว', 'คุณ', 'ดร.', 'ร้าน', 'บริษัท', 'หจก.'];

type Name = { prefix?: string | null; given?: string | null; family?: string | null };

/** `นางสาวกมลชนก แก้วประเสริฐ`; empty when nothing is known. */
export function fullName({ prefix, given, family }: Name): string {
  return `${prefix ?? ''}${given ?? ''} ${family ?? ''}`.trim();
}

/** The name with the organisation, when there is one. */
export function nameAndOrg(contact: Contact): string {
  return contact.org ? `${fullName(contact)} (${contact.org})` : fullName(contact);
}

/**
 * A whole name typed or pasted into the given name: `นายสมชาย ใจดี` is three parts. Nothing when
 * there is nothing to split. Longer prefixes are tried first (นางสาว before นาง); a prefix needs
 * a name of at least two characters behind it, so that นายก stays a name.
 */
export function splitName(text: string): Required<Name> | undefined {
  const words = text.trim().split(/\s+/);
  const longest = [...prefixes].sort((a, b) => b.length - a.length);
  const prefix = longest.find((p) => words[0] === p || (words[0]!.startsWith(p) && words[0]!.length > p.length + 1));
  const rest = prefix ? [words[0]!.slice(prefix.length), ...words.slice(1)].filter(Boolean) : words;
  if (rest.length < 2) return undefined;
  return { prefix: prefix ?? '', given: rest[0]!, family: rest.slice(1).join(' ') };
}
