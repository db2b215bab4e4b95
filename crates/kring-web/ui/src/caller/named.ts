// What a caller is called on the screen: a name, several people, or a new caller.

import { fullName, nameAndOrg } from '../format/name';
import { text } from '../text/text.svelte';
import type { CallerCard, CallerNumber, Contact, DraftBody } from '../wire';

/**
 * The person the record is for: the one chosen, else the only one who uses this number. A name
 * typed into the record means somebody new, whoever else uses the number.
 */
export function person(card: CallerCard, body: DraftBody = {}): Contact | null {
  if (body.contact_id) {
    return [card.contact, ...card.candidates].find((contact) => contact?.id === body.contact_id) ?? null;
  }
  return body.given || body.family ? null : (card.contact ?? null);
}

/** For the call bar, the announcement and the list. */
export function callerNamed(who: { card: CallerCard; number: CallerNumber | null }, body: DraftBody = {}): string {
  const { card, number } = who;
  const known = person(card, body);
  if (known) return nameAndOrg(known);
  const typed = fullName(body);
  if (body.given && typed) return typed;
  if (number?.class === 'anon' || card.given_up) return text.t.unknownCaller;
  if (card.looked_up === false) return text.t.lookingUp;
  return card.candidates.length > 1 ? text.t.severalCallers(card.candidates.length) : text.t.newCaller;
}
