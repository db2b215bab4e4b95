// The steps of a plan, `longest_idle:2` and `all:1`, as they are edited: never more rings together than the limit.

export const strategies = ['longest_idle', 'linear', 'least_calls', 'all'] as const;
export type Strategy = (typeof strategies)[number];
export type Step = { strategy: Strategy; rings: number };

export function readPlan(hops: unknown): Step[] {
  if (!Array.isArray(hops)) return [];
  return hops.flatMap((hop) => {
    const [strategy, rings] = String(hop).split(':');
    return strategies.includes(strategy as Strategy) && Number(rings) > 0 ? [{ strategy: strategy as Strategy, rings: Number(rings) }] : [];
  });
}

export const writePlan = (steps: Step[]) => steps.map(({ strategy, rings }) => `${strategy}:${rings}`);
export const used = (steps: Step[]) => steps.reduce((sum, step) => sum + step.rings, 0);

/** One ring more or less for a step; what would go past the limit or below one is left as it is. */
export function turned(steps: Step[], at: number, by: 1 | -1, limit: number): Step[] {
  const step = steps[at];
  if (!step || step.rings + by < 1 || (by > 0 && used(steps) >= limit)) return steps;
  return steps.map((one, i) => (i === at ? { ...one, rings: one.rings + by } : one));
}

/** Another step, with the rings that are left for it. */
export const grown = (steps: Step[], limit: number): Step[] => (used(steps) >= limit ? steps : [...steps, { strategy: 'all', rings: limit - used(steps) }]);
