// Words for the codes of the knowledge.

import { day } from '../format/date';
import { text } from '../text/text.svelte';
import type { Source, SourceKind, SourceStatus } from './wire';
import { words } from './words';

export const kindSaid = (kind: SourceKind) => ({ article: words.t.article, document: words.t.document, website: words.t.website })[kind];
export const statusSaid = (status: SourceStatus) => ({ draft: words.t.draft, published: words.t.published, retired: words.t.retired })[status];
export const daySaid = (iso: string) => day(new Date(iso.length === 10 ? `${iso}T05:00:00Z` : iso), text.lang);

export function validitySaid({ valid_from: from, valid_until: until }: Source): string {
  const t = words.t;
  if (from && until) return t.validBetween(daySaid(from), daySaid(until));
  if (from) return t.validFrom(daySaid(from));
  return until ? t.validUntil(daySaid(until)) : t.validAlways;
}

/** What a reader must know before they trust it; nothing when it holds. */
export function warned(source: Source): string[] {
  const t = words.t;
  return [
    source.status === 'published' ? '' : statusSaid(source.status),
    source.validity === 'expired' ? t.expired : source.validity === 'not_yet' ? t.notYet : '',
    source.review_due ? t.reviewDue : '',
  ].filter(Boolean);
}
