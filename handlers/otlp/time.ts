/** Milliseconds since the epoch, fractions included, as decimal nanoseconds: as a number they exceed 2^53. */
export function toNanos(ms: number): string {
  if (!(ms > 0)) return '0'
  const whole = Math.floor(ms)
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6)))
}
