// How a transfer or a consult of the agent's call goes: a fold of its frames.
// Rule: pure, like the desk; what the server did not say is not known here.

import type { Frame, TalksWith, TransferRead, TransferState } from '../wire';

/** One line of the trail: the server's own words, or a turn that has words of ours. */
export type Step = { at: string } & (
  | { what: 'told'; th: string; en: string }
  | { what: 'started' | 'answered'; to: string }
  | { what: 'turned'; with: TalksWith }
);

export type Transfer = {
  call: string;
  id: string;
  /** `consult`: the agent asks first. */
  kind: 'transfer' | 'consult';
  state: TransferState;
  /** The unit's short name, and what is dialled; null until told. */
  department: string | null;
  to: string | null;
  sipCode: number | null;
  talksWith: TalksWith | null;
  steps: Step[];
  /** It came to nothing. `back`: somebody has the caller again. `seq`: of the frame that said so. */
  over: { reason: string; back: boolean; seq: number } | null;
};

/** More would not be read during a call; the journal has them all. */
const stepsMax = 8;

function begun(call: string, id: string, kind: Transfer['kind']): Transfer {
  return { call, id, kind, state: 'requested', department: null, to: null, sipCode: null, talksWith: null, steps: [], over: null };
}

function with_(transfer: Transfer, step: Step, change: Partial<Transfer>): Transfer {
  return { ...transfer, ...change, steps: [...transfer.steps, step].slice(-stepsMax) };
}

/** The transfer after one more frame of its call. */
export function foldTransfer(known: Transfer | null, frame: Frame): Transfer | null {
  const call = frame.call;
  if (!call) return known;
  const at = frame.ts;
  /** Of this id; a page that came later begins in the middle. */
  const of = (id: string, kind: Transfer['kind']) => (known?.id === id ? known : begun(call, id, kind));
  switch (frame.t) {
    case 'consult.started': {
      if (known?.id === frame.d.transfer_id) return known;
      const { transfer_id, department, to } = frame.d;
      return with_(begun(call, transfer_id, 'consult'), { at, what: 'started', to }, { department: department ?? null, to });
    }
    case 'consult.answered': {
      const { transfer_id: id, to } = frame.d;
      return with_(of(id, 'consult'), { at, what: 'answered', to }, { kind: 'consult', state: 'answered', to, talksWith: 'unit' });
    }
    case 'consult.turned': {
      const { transfer_id: id, with: talksWith } = frame.d;
      return with_(of(id, 'consult'), { at, what: 'turned', with: talksWith }, { kind: 'consult', state: 'answered', talksWith });
    }
    case 'consult.ended':
      return { ...of(frame.d.transfer_id, 'consult'), talksWith: null, over: { reason: frame.d.reason, back: false, seq: frame.seq } };
    case 'transfer.progress': {
      const { transfer_id: id, state, sip_code, text_th: th, text_en: en } = frame.d;
      const before = of(id, 'transfer');
      const ended = state === 'failed' || state === 'recalled';
      // What is over does not begin to ring again.
      if (before.over && !ended) return known;
      const over = ended ? (before.over ?? { reason: '', back: state === 'recalled', seq: frame.seq }) : null;
      return with_(before, { at, what: 'told', th, en }, { state, sipCode: sip_code ?? before.sipCode, over });
    }
    case 'transfer.recalled':
      return known && { ...known, state: 'recalled', over: { reason: frame.d.reason, back: true, seq: frame.seq } };
    default:
      return known;
  }
}

/** What `GET /transfers/{id}` adds: the target, and the state as it is when frames were missed. */
export function asRead(known: Transfer, read: TransferRead): Transfer {
  if (known.id !== read.id) return known;
  const ended = read.state === 'failed' || read.state === 'recalled';
  return {
    ...known,
    kind: read.mode === 'attended' ? 'consult' : 'transfer',
    state: read.state,
    department: read.target.department ?? null,
    to: read.target.extension,
    sipCode: read.sip_code ?? known.sipCode,
    over: known.over ?? (ended ? { reason: '', back: read.state === 'recalled', seq: 0 } : null),
  };
}

/** Somebody is being rung, or talked with, and the caller is not with them for good. */
export function underWay(transfer: Transfer | null): transfer is Transfer {
  return transfer !== null && transfer.over === null;
}
