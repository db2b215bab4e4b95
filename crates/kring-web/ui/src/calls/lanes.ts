// What the lanes of a call show, from its evidence and facts. Pure: times are ms from t0.

import type { Attempt, CallFact, Evidence } from './wire';

/** A phone that was rung, with all its offers. */
export type PhoneRow = { agent: string; device: string; offers: Attempt[] };
const phonesMax = 8;

export function phonesOf(evidence: Evidence): { rows: PhoneRow[]; more: number } {
  const rows: PhoneRow[] = [];
  for (const offer of evidence.attempts) {
    const row = rows.find((one) => one.agent === offer.agent && one.device === offer.device);
    if (row) row.offers.push(offer);
    else rows.push({ agent: offer.agent, device: offer.device, offers: [offer] });
  }
  return { rows: rows.slice(0, phonesMax), more: Math.max(0, rows.length - phonesMax) };
}

export type Burst = { at: number; n: number; last: boolean };
const periodOf = (evidence: Evidence) => evidence.terms.on_ms + evidence.terms.off_ms;

/** What the caller hears until it is decided, or until now. */
export function heard(evidence: Evidence): Burst[] {
  return evidence.rings_ms.map((at, i) => ({ at, n: i + 1, last: i + 1 >= evidence.terms.limit }));
}

/** What a phone sounds of one offer, counted as the call's rings are, or those of the queue's round. */
export function sounded(evidence: Evidence, offer: Attempt, now: number): Burst[] {
  const period = periodOf(evidence);
  const began = offer.round === 0 ? 0 : (evidence.kept?.rounds.find((round) => round.round === offer.round)?.began_ms ?? offer.invited_ms);
  const from = offer.alerting_ms ?? offer.invited_ms;
  const to = offer.ended_ms ?? now;
  if (offer.alerting_ms === null) return [];
  const bursts: Burst[] = [];
  for (let at = from; at < to && bursts.length < 12; at += period) {
    const n = Math.floor((at - began + 50) / period) + 1;
    bursts.push({ at, n, last: n >= evidence.terms.limit });
  }
  return bursts;
}

export type Span = { from: number; to: number; tone: 'free' | 'ring' | 'last' | 'kept' | 'talk' | 'held' | 'elsewhere'; who: string };

/** The states of a call, one behind the other. */
export function statesOf(evidence: Evidence, facts: CallFact[], now: number): Span[] {
  const decided = evidence.decided_ms ?? now;
  const over = evidence.ended_ms ?? now;
  const spans: Span[] = rings(evidence, decided);
  const { kept } = evidence;
  if (kept) {
    const until = kept.served?.at_ms ?? kept.left?.at_ms ?? over;
    spans.push({ from: kept.since_ms, to: until, tone: 'kept', who: '' });
    if (kept.served) spans.push({ from: kept.served.at_ms, to: over, tone: 'talk', who: kept.served.agent });
  } else if (evidence.result === 'within' || evidence.result === 'breached') {
    const winner = evidence.attempts.find((offer) => offer.end === 'answered');
    spans.push({ from: decided, to: over, tone: 'talk', who: winner?.agent ?? '' });
  }
  return cutByHolds(evidence, facts, spans, over).filter((span) => span.to > span.from);
}

function rings(evidence: Evidence, decided: number): Span[] {
  const hops = new Map<number, { from: number; who: string[] }>();
  for (const offer of evidence.attempts.filter((one) => one.round === 0)) {
    const hop = hops.get(offer.hop) ?? { from: offer.invited_ms, who: [] };
    if (!hop.who.includes(offer.agent)) hop.who.push(offer.agent);
    hop.from = Math.min(hop.from, offer.invited_ms);
    hops.set(offer.hop, hop);
  }
  const ordered = [...hops.values()].sort((a, b) => a.from - b.from);
  const last = (evidence.terms.limit - 1) * periodOf(evidence);
  const spans: Span[] = [];
  const first = ordered[0]?.from ?? decided;
  if (first > 300) spans.push({ from: 0, to: Math.min(first, decided), tone: 'free', who: '' });
  ordered.forEach((hop, i) => {
    const to = Math.min(ordered[i + 1]?.from ?? decided, decided);
    spans.push({ from: i === 0 && hop.from <= 300 ? Math.min(0, hop.from) : hop.from, to, tone: hop.from >= last - 200 ? 'last' : 'ring', who: hop.who.join(', ') });
  });
  return spans;
}

/** A hold, and a transfer that came about, within the talk. */
function cutByHolds(evidence: Evidence, facts: CallFact[], spans: Span[], over: number): Span[] {
  const ms = (fact: CallFact) => (fact.at_us - evidence.t0_us) / 1_000;
  let result = spans;
  const cut = (from: number, to: number, tone: Span['tone'], who: string) => {
    result = result.flatMap((span) => {
      if (span.tone !== 'talk' || to <= span.from || from >= span.to) return [span];
      return [{ ...span, to: from }, { from, to: Math.min(to, span.to), tone, who }, { ...span, from: to }];
    });
  };
  for (const [i, fact] of facts.entries()) {
    if (fact.fact.kind === 'held') {
      const end = facts.slice(i).find((one) => one.fact.kind === 'resumed');
      cut(ms(fact), end ? ms(end) : over, 'held', '');
    }
    if (fact.fact.kind === 'transfer' && fact.fact['step'] === 'done') cut(ms(fact), over, 'elsewhere', String(fact.fact['to'] ?? ''));
  }
  return result;
}

export type Pop = { agent: string; sent: number; ack: number | null; paint: number | null; before: number | null };

/** What was put on the screens: sent, received, painted; ms after it was put in the outbox. */
export function popsOf(evidence: Evidence, facts: CallFact[]): Pop[] {
  const ms = (fact: CallFact) => (fact.at_us - evidence.t0_us) / 1_000;
  const pops: Pop[] = [];
  for (const fact of facts) {
    if (fact.fact.kind !== 'pop_acknowledged') continue;
    const ack = Number(fact.fact['after_us']) / 1_000;
    const sent = ms(fact) - ack;
    const agent = String(fact.fact['agent']);
    const invited = facts.find((one) => one.fact.kind === 'invited' && one.fact['agent'] === agent && Math.abs(ms(one) - sent) < 1_500);
    const painted = facts.find((one) => one.fact.kind === 'pop_painted' && one.fact['agent'] === agent && ms(one) >= sent && ms(one) - sent < 10_000);
    pops.push({ agent, sent, ack, paint: painted ? Number(painted.fact['after_ms']) : null, before: invited ? ms(invited) - sent : null });
  }
  return pops.slice(0, 8);
}
