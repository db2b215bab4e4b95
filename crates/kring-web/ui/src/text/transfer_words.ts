// Words for how transfers go, and for what is said to those who watch the floor.

import type { News } from '../live/floor';
import type { Step, Transfer } from '../live/transfer';
import { dayAndClock } from '../format/date';
import type { Standing, TalksWith, TransferReason } from '../wire';
import { text } from './text.svelte';
import type { Key } from './words';

const reasonKeys: Record<TransferReason, Key> = {
  in_depth: 'reasonInDepth',
  legal: 'reasonLegal',
  wants_officer: 'reasonWantsOfficer',
  other: 'reasonOther',
};
export const transferReasonName = (reason: TransferReason) => text.t[reasonKeys[reason]];

const backKeys: Record<string, Key> = {
  busy: 'backBusy',
  no_answer: 'backNoAnswer',
  declined: 'backDeclined',
  failed: 'backFailed',
  not_told: 'backNotTold',
  returned: 'backReturned',
  cancelled: 'backCancelled',
  unit_left: 'backUnitLeft',
  caller_left: 'backCallerLeft',
};
/** Why the caller is not with the target. */
export const backSaid = (reason: string) => text.t[backKeys[reason] ?? 'backOver'];

const turnedKeys: Record<TalksWith, Key> = { unit: 'turnedUnit', caller: 'turnedCaller', both: 'turnedBoth' };

/** One line of the trail. */
export function stepSaid(step: Step): string {
  switch (step.what) {
    case 'told':
      return text.lang === 'th' ? step.th : step.en;
    case 'started':
      return text.t.consultStarted(step.to);
    case 'answered':
      return text.t.consultAnswered(step.to);
    case 'turned':
      return text.t[turnedKeys[step.with]];
  }
}

/** How the transfer stands, in one line. */
export function transferSaid(transfer: Transfer): string {
  const last = transfer.steps.at(-1);
  return last ? stepSaid(last) : transfer.over ? backSaid(transfer.over.reason) : text.t.stepCalling;
}

/** Open or closed, and when it opens. */
export function standingSaid(standing: Standing): string {
  const t = text.t;
  if (standing.open) return t.openNow;
  const closed = standing.reason === 'holiday' ? t.closedHoliday : t.closedNow;
  return standing.next_open ? `${closed} · ${t.opensAt(dayAndClock(standing.next_open, text.lang))}` : closed;
}

/** `queue:law`, `department:DFT` and `ext:1500` by their names. */
const overflowTarget = (to: string) => to.slice(to.indexOf(':') + 1);

const whyKeys: Record<string, Key> = { deadline: 'whyDeadline', queue_full: 'whyQueueFull', max_wait: 'whyMaxWait', again: 'whyAgain' };

/** One line about somebody else's call. */
export function newsSaid({ frame }: News): string {
  const t = text.t;
  switch (frame.t) {
    case 'call.rescued':
      return t.newsRescued;
    case 'call.overflowed': {
      const key = whyKeys[frame.d.why];
      return t.newsOverflowed(overflowTarget(frame.d.to), key ? t[key] : frame.d.why);
    }
    case 'call.connected':
      return t.newsConnected(frame.d.to);
    case 'callback.asked':
      return t.newsAsked(frame.d.queue);
    case 'callback.ended':
      if (frame.d.why === 'served') return t.newsServed(frame.d.tries);
      if (frame.d.why === 'given_up') return t.newsGivenUp(frame.d.tries);
      return frame.d.why === 'withdrawn' ? t.newsWithdrawn : t.newsCancelled;
    case 'transfer.progress':
      return text.lang === 'th' ? frame.d.text_th : frame.d.text_en;
    default:
      return frame.t;
  }
}
