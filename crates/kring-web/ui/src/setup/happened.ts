// What happened in a test call, in words: the facts of its journal that somebody at a telephone would notice.

import type { CallEvent } from './wire';
import { words } from './words';

export type Happened = { key: string; after_s: number; said: string; kind: string };

export function happened(events: CallEvent[], nameOf: (login: string) => string): Happened[] {
  const t = words.t;
  const first = Number(events.find((event) => event.fact?.kind === 'offered')?.at_us ?? events[0]?.at_us ?? 0);
  const said = (fact: Record<string, unknown>): string | null => {
    const who = nameOf(String(fact.agent ?? fact.by ?? ''));
    switch (fact.kind) {
      case 'offered':
        return t.ev_offered;
      case 'pop_acknowledged':
        return t.ev_popped(who);
      case 'alerting':
        return t.ev_rang(who);
      case 'answered':
      case 'served':
        return t.ev_answered(who);
      case 'withdrawn':
        return t.ev_withdrawn(who);
      case 'rescued':
        return t.ev_rescued;
      case 'ended':
      case 'abandoned':
      case 'refused':
        return t.ev_ended;
      default:
        return null;
    }
  };
  return [...events]
    .sort((a, b) => Number(a.at_us ?? 0) - Number(b.at_us ?? 0))
    .flatMap((event) => {
      const line = event.fact ? said(event.fact) : null;
      return line === null ? [] : [{ key: `${event.seq}`, after_s: Math.max(0, (Number(event.at_us) - first) / 1e6), said: line, kind: String(event.fact!.kind) }];
    });
}
