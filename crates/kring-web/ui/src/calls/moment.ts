// Instants of the server in milliseconds from t0, to the microsecond.

/** Microseconds since 1970; a `Date` would lose what is below a millisecond. */
export function micros(rfc3339: string): number {
  const fraction = /\.(\d+)/.exec(rfc3339)?.[1] ?? '';
  const whole = Date.parse(rfc3339.replace(/\.\d+/, ''));
  return whole * 1_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

/** Ms from one instant to another. */
export const msBetween = (from: string, to: string) => (micros(to) - micros(from)) / 1_000;
