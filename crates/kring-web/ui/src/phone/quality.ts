// How good the sound between this page and kring is, by what the browser counts.
// Rule: pure; two looks give one judgement. kring's own judgement of the whole way comes by `call.sound`.

import type { SoundClass } from '../wire';

/** Counted from the beginning of the connection. */
export type Counted = {
  received: number;
  lost: number;
  /** Of all that was played, what was made up: late packets are in it, too. */
  concealed: number;
  played: number;
  jitterMs: number;
  rttMs: number | null;
  /** Of the last report of the other end, percent of what we sent. */
  sentLostPct: number | null;
};

export type Judged = { class: SoundClass; lossPct: number };

/** Percent of lost or late sound, and a way there and back, from which people notice and from which they complain. */
const limits = { fair: { lossPct: 1, rttMs: 250, jitterMs: 40 }, poor: { lossPct: 5, rttMs: 500, jitterMs: 100 } };
/** Fewer packets than this tell nothing, and are a line at rest. */
const enough = 20;
/** With fewer than this in two seconds the line rested for a part of them, and what was made up meanwhile is silence. */
const full = 90;

export function counted(report: Iterable<[string, RTCStats]> | RTCStatsReport): Counted | null {
  const of = (type: string) => [...(report as Iterable<[string, RTCStats]>)].map(([, stats]) => stats as unknown as Record<string, number>).find((stats) => (stats.type as unknown) === type);
  const [come, back] = [of('inbound-rtp'), of('remote-inbound-rtp')];
  if (!come) return null;
  return {
    received: come.packetsReceived ?? 0,
    lost: come.packetsLost ?? 0,
    concealed: Math.max(0, (come.concealedSamples ?? 0) - (come.silentConcealedSamples ?? 0)),
    played: come.totalSamplesReceived ?? 0,
    jitterMs: (come.jitter ?? 0) * 1000,
    rttMs: back?.roundTripTime === undefined ? null : back.roundTripTime * 1000,
    sentLostPct: back?.fractionLost === undefined ? null : back.fractionLost * 100,
  };
}

/** Nothing when too little came to say anything. */
export function judged(before: Counted, after: Counted): { come: Judged; gone: Judged | null } | null {
  const [received, lost] = [after.received - before.received, Math.max(0, after.lost - before.lost)];
  if (received + lost < enough) return null;
  const played = after.played - before.played;
  const concealedPct = played > 0 && received + lost >= full ? (100 * Math.max(0, after.concealed - before.concealed)) / played : 0;
  const lossPct = Math.max((100 * lost) / (received + lost), concealedPct);
  const come = { class: classOf(lossPct, after.rttMs ?? 0, after.jitterMs), lossPct };
  const gone = after.sentLostPct === null ? null : { class: classOf(after.sentLostPct, 0, 0), lossPct: after.sentLostPct };
  return { come, gone };
}

function classOf(lossPct: number, rttMs: number, jitterMs: number): SoundClass {
  const past = (limit: typeof limits.fair) => lossPct >= limit.lossPct || rttMs >= limit.rttMs || jitterMs >= limit.jitterMs;
  return past(limits.poor) ? 'poor' : past(limits.fair) ? 'fair' : 'good';
}

const order: SoundClass[] = ['good', 'fair', 'poor'];
export const worse = <T extends Judged>(one: T | null, other: T | null): T | null =>
  !one || !other ? (one ?? other) : order.indexOf(other.class) > order.indexOf(one.class) ? other : one;
