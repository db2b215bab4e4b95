// The picture of a recording: one bar for each stretch, as many as there is room for.
// Rule: pure.

/** The loudest of each of `bars` parts, 0 to 1. */
export function bars(peaks: number[], count: number): number[] {
  if (peaks.length === 0) return [];
  const many = Math.min(count, peaks.length);
  return Array.from({ length: many }, (_, n) => {
    const from = Math.floor((n * peaks.length) / many);
    const to = Math.max(from + 1, Math.floor(((n + 1) * peaks.length) / many));
    // Voices are quiet beside the loudest there is: the root shows them.
    return Math.sqrt(Math.max(...peaks.slice(from, to)) / 127);
  });
}

/** The path of a channel, bars upwards from `base` (up to `height`) in a picture that is `width` wide. */
export function path(heights: number[], width: number, base: number, height: number): string {
  const step = width / Math.max(heights.length, 1);
  return heights
    .map((one, n) => {
      const [x, tall] = [(n + 0.5) * step, Math.max(one * height, 0.5)];
      return `M${x.toFixed(1)} ${(base - tall / 2).toFixed(1)}v${tall.toFixed(1)}`;
    })
    .join('');
}
