import { describe, expect, it } from 'vitest';
import { axisOf, fans, gutter } from './axis';

const evidence = { deadline_ms: 15_000 };

describe('the axis of a call', () => {
  it('is to scale while it rings, and has a break before what comes later', () => {
    const axis = axisOf(evidence, [0, 12_412, 290_880, 290_881], 1_200);
    expect(axis.pieces).toHaveLength(2);
    expect(axis.x(10_000) - axis.x(5_000)).toBeCloseTo(axis.x(5_000) - axis.x(0), 6);
    expect(axis.x(15_000)).toBeLessThan(axis.breaks[0]!);
    expect(axis.x(290_880)).toBeGreaterThan(axis.breaks[0]!);
    expect(axis.x(290_880)).toBeLessThan(1_200);
  });

  it('is in order for every moment, also between the pieces and beyond them', () => {
    const axis = axisOf(evidence, [20_000, 60_000, 61_000, 300_000], 1_200);
    const at = [-5_000, 0, 14_500, 18_000, 20_000, 40_000, 60_500, 200_000, 300_000, 900_000].map(axis.x);
    expect([...at].sort((a, b) => a - b)).toEqual(at);
    expect(at[0]).toBe(gutter);
  });

  it('puts many later moments into few pieces', () => {
    const moments = Array.from({ length: 40 }, (_, i) => 20_000 + i * 30_000);
    expect(axisOf(evidence, moments, 1_200).pieces.length).toBeLessThanOrEqual(6);
  });

  it('of a call that was hung up at once has one piece', () => {
    expect(axisOf(evidence, [0, 200], 800).pieces).toHaveLength(1);
  });
});

describe('a fan', () => {
  const moments = [0, 1, 2, 3, 4, 1_500, 1_501, 1_502, 9_000];
  const x = (ms: number) => gutter + ms / 20;

  it('keeps the order and never lies over the one before', () => {
    const { fans: found, wide } = fans(moments, (ms) => ms, x, 40, 1_200);
    expect(found.map((fan) => fan.items.length)).toEqual([5, 3, 1]);
    found.slice(1).forEach((fan, i) => expect(fan.left).toBeGreaterThanOrEqual(found[i]!.right + 40));
    expect(wide).toBe(1_200);
  });

  it('moves back from the right edge, and says when there is no room', () => {
    const { fans: found } = fans([0, 9_000, 9_001, 9_002], (ms) => ms, x, 40, gutter + 460);
    expect(found[1]!.right).toBe(gutter + 460);
    expect(fans(moments, (ms) => ms, x, 40, gutter + 100).wide).toBeGreaterThan(gutter + 100);
  });
});
