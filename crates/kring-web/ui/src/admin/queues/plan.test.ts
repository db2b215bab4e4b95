import { describe, expect, it } from 'vitest';
import { grown, readPlan, turned, used, writePlan, type Step } from './plan';

const usual = readPlan(['longest_idle:2', 'all:1']);

describe('a plan', () => {
  it('is read and written the same', () => expect(writePlan(usual)).toEqual(['longest_idle:2', 'all:1']));

  it('never has more rings than the limit, whatever is pressed', () => {
    let steps: Step[] = [{ strategy: 'linear', rings: 1 }];
    for (let i = 0; i < 20; i += 1) {
      steps = i % 3 === 0 ? grown(steps, 3) : turned(steps, i % (steps.length + 1), i % 2 ? 1 : -1, 3);
      expect(used(steps)).toBeLessThanOrEqual(3);
      expect(steps.every((step) => step.rings >= 1)).toBe(true);
    }
  });

  it('gives a new step the rings that are left', () => {
    expect(grown([{ strategy: 'linear', rings: 1 }], 3)).toEqual([{ strategy: 'linear', rings: 1 }, { strategy: 'all', rings: 2 }]);
    expect(grown(usual, 3)).toBe(usual);
  });

  it('keeps what it knows of what it does not', () => expect(readPlan(['all:1', 'wishes:2', 7])).toEqual([{ strategy: 'all', rings: 1 }]));
});
