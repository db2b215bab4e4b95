// What is planned in a record: a follow-up of the case, as soon as there is one.

import * as rest from '../api';
import { dayAndClock } from '../format/date';
import { text } from '../text/text.svelte';
import { refusalSaid } from '../text/words';
import type { DraftBody } from '../wire';
import { words } from './words';

/** A time of day in Bangkok, as the field has it, for the server. */
export const inBangkok = (local: string): string => (local.length === 16 ? `${local}:00+07:00` : local);

/** Plans it; what became of that, in words, or nothing when nothing was to be planned. */
export async function planned(caseId: string, body: DraftBody): Promise<string> {
  const due = body['plan.due'];
  if (!due || body.resolution !== 'follow_up') return '';
  const what = [body['plan.channel']?.trim(), body['plan.note']?.trim()].filter(Boolean).join(' · ') || words.t.callBack;
  try {
    await rest.planFollowUp(caseId, inBangkok(due), what);
    return words.t.planMade(dayAndClock(inBangkok(due), text.lang));
  } catch (failure) {
    return words.t.planFailed(refusalSaid(failure));
  }
}
