// How a call stands, as pips and a word.

import type { PipsLook } from '../parts/Pips.svelte';
import { thaiNumber } from '../format/number';
import type { CallRow } from './wire';
import { coded, words } from './words';

export function lookOf({ state, result }: Pick<CallRow, 'state' | 'result'>): PipsLook {
  if (result === null) return state === 'ringing' ? 'live' : 'within';
  if (result === 'within' || result === 'rescued' || result === 'breached') return result;
  return 'gone';
}

/** The word beside the pips, and its colour. */
export function wordOf(row: Pick<CallRow, 'state' | 'result' | 'rings'>): { word: string; tone: string } {
  const t = words.t;
  if (row.state === 'ringing') return { word: t.liveRinging, tone: row.rings >= 3 ? 'text-late' : 'text-ring-ink' };
  if (row.state === 'waiting') return { word: t.liveWaiting, tone: 'text-amber' };
  if (row.state === 'talking') return { word: t.liveTalking, tone: 'text-brand font-medium' };
  const tones: Record<string, string> = { within: 'text-brand', rescued: 'text-amber', breached: 'text-late' };
  return { word: coded('result', row.result), tone: tones[row.result ?? ''] ?? 'text-ink' };
}

/** Answered and over, with neither a case nor a reason for none. */
export const owes = (row: CallRow) => row.state === 'ended' && row.agent !== null && row.case_ref === null && row.no_case === null;

/** Who called, as far as the server tells this person. */
export function callerOf(row: CallRow): string {
  if (row.name) return row.name;
  if (row.number?.class === 'anon') return words.t.nameless;
  return row.name === null ? words.t.newCaller : '–';
}

/** Where the caller went from here. */
export function goneTo(row: CallRow): string {
  const to = row.transferred_to ?? row.connected_to;
  if (!to) return '';
  return [row.department_short, thaiNumber(to)].filter(Boolean).join(' ');
}
