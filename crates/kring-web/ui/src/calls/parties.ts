// How the parties of a ladder are named.

import { people } from '../live/people.svelte';
import type { Party } from './wire';
import { words } from './words';

export function partyNamed(party: Party | undefined): { name: string; sub: string } {
  if (!party) return { name: '', sub: '' };
  const sub = (party.address ?? '').replace(/^\w+:/, '');
  if (party.kind === 'trunk') return { name: `${words.t.pbx} ${party.name}`, sub };
  if (party.kind === 'kring') return { name: 'kring', sub };
  return { name: people.name(party.name), sub };
}
