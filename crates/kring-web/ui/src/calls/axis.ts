// The one time axis that every lane of a call shares: the rings to scale, then what comes later, each with a break before it.
// Rule: only places; what is drawn there is the lanes' matter. Times are ms from t0.

import type { Evidence } from './wire';

/** Left of the axis stand the names, right of it a little room. */
export const gutter = 170;
const tail = 24;
const breakPx = 26;
const beforeMs = -600;
/** Later than the deadline, so that the ring that never comes has room. */
const afterMs = 2_400;
/** What lies further apart is parted by a break. */
const apartMs = 4_000;
const laterMax = 5;
const laterLeastPx = 96;
/** Messages within this time stand in one fan. */
const fanApartMs = 900;

export type Piece = { from: number; to: number; left: number; right: number };
export type Axis = { pieces: Piece[]; width: number; x: (ms: number) => number; ticks: { ms: number; x: number }[]; breaks: number[] };

/** Moments behind the rings, in groups that lie close to each other. */
function laterGroups(moments: number[], from: number): { from: number; to: number }[] {
  const groups: { from: number; to: number }[] = [];
  for (const ms of moments.filter((one) => one > from).sort((a, b) => a - b)) {
    const last = groups.at(-1);
    if (last && ms - last.to <= apartMs) last.to = ms;
    else groups.push({ from: ms, to: ms });
  }
  // Too many to tell apart on a screen: neighbours with the least between them become one.
  while (groups.length > laterMax) {
    const gaps = groups.slice(1).map((group, i) => group.from - groups[i]!.to);
    const at = gaps.indexOf(Math.min(...gaps));
    groups.splice(at, 2, { from: groups[at]!.from, to: groups[at + 1]!.to });
  }
  return groups;
}

/** `weights`: how many things stand at a moment and want room; `width`: of the drawing. */
export function axisOf(evidence: Pick<Evidence, 'deadline_ms'>, moments: number[], width: number): Axis {
  const ringEnd = evidence.deadline_ms + afterMs;
  const padMs = 350;
  const groups = laterGroups(moments, ringEnd).map(({ from, to }) => ({ from: from - padMs, to: to + padMs }));
  const room = width - gutter - tail - groups.length * breakPx;
  const spans = groups.map(({ from, to }) => to - from);
  const laterPx = groups.length === 0 ? 0 : Math.min(room * 0.45, Math.max(groups.length * laterLeastPx, room * 0.2));
  const whole = spans.reduce((sum, ms) => sum + Math.sqrt(ms), 0);
  const pieces: Piece[] = [{ from: beforeMs, to: ringEnd, left: gutter, right: gutter + room - laterPx }];
  groups.forEach((group, i) => {
    const left = pieces.at(-1)!.right + breakPx;
    pieces.push({ ...group, left, right: left + laterPx * (Math.sqrt(spans[i]!) / whole) });
  });
  const x = (ms: number) => place(pieces, ms);
  const ticks = Array.from({ length: Math.floor(ringEnd / 5_000) + 1 }, (_, i) => ({ ms: i * 5_000, x: x(i * 5_000) }));
  return { pieces, width, x, ticks, breaks: pieces.slice(0, -1).map((piece) => piece.right + breakPx / 2) };
}

/** To scale within a piece; what falls between two stands in the break. */
function place(pieces: Piece[], ms: number): number {
  const first = pieces[0]!;
  if (ms <= first.from) return first.left;
  for (const [i, piece] of pieces.entries()) {
    if (ms < piece.from) return (pieces[i - 1]!.right + piece.left) / 2;
    if (ms <= piece.to) return piece.left + ((ms - piece.from) / (piece.to - piece.from)) * (piece.right - piece.left);
  }
  return pieces.at(-1)!.right;
}

export type Fan<T> = { items: T[]; first: number; last: number; left: number; right: number };

/**
 * Things too close to read, fanned out in their order, each group under its true instants; never over one another.
 * `wide` is what they need: more than `limit` when there are too many for the drawing.
 */
export function fans<T>(items: T[], at: (item: T) => number, x: (ms: number) => number, step: number, limit: number): { fans: Fan<T>[]; wide: number } {
  const found: Fan<T>[] = [];
  const gap = step + 14;
  const from = gutter + 18;
  for (const [i, item] of items.entries()) {
    const here = x(at(item));
    const group = found.at(-1);
    if (group && at(item) - at(items[i - 1]!) <= fanApartMs) {
      group.items.push(item);
      group.last = here;
    } else found.push({ items: [item], first: here, last: here, left: 0, right: 0 });
  }
  let free = from;
  for (const fan of found) {
    const span = (fan.items.length - 1) * step;
    fan.left = Math.max((fan.first + fan.last) / 2 - span / 2, free);
    fan.right = fan.left + span;
    free = fan.right + gap;
  }
  // Pushed over the right edge, they move back as far as there is room between them.
  let edge = limit;
  for (const fan of [...found].reverse()) {
    const over = fan.right - edge;
    if (over > 0) {
      fan.left -= over;
      fan.right -= over;
    }
    edge = fan.left - gap;
  }
  const short = found.length === 0 ? 0 : from - found[0]!.left;
  return { fans: found, wide: short > 0 ? limit + short : limit };
}
