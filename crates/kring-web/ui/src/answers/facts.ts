// What is said of a source under its title.

import { day } from '../format/date';
import { text } from '../text/text.svelte';
import type { Source } from './wire';
import { words } from './words';

const asDay = (date: string) => day(new Date(`${date}T00:00:00+07:00`), text.lang);

/** Unit, kind, and how old it is. */
export function factsOf(source: Source): string {
  const t = words.t;
  return [source.department, t[source.kind], t.updated(day(new Date(source.updated), text.lang))].filter(Boolean).join(' · ');
}

/** What one should know before reading it out; nothing for what simply holds. */
export function warningsOf(source: Source): string[] {
  const t = words.t;
  const said: string[] = [];
  if (source.validity === 'expired') said.push(t.expired);
  if (source.validity === 'not_yet' && source.valid_from) said.push(t.notYet(asDay(source.valid_from)));
  if (source.validity === 'valid' && source.valid_until) said.push(t.validUntil(asDay(source.valid_until)));
  if (source.review_due) said.push(t.reviewDue);
  if (source.missing) said.push(t.fileGone);
  return said;
}
