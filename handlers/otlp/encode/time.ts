/** Milliseconds since the epoch, fractions included, as decimal nanoseconds: as a number they exceed 2^53. */
export function toNanos(ms: number): string {
  if (!(ms > 0)) return '0'
  const nanos = Math.round((ms % 1) * 1e6)
  // Digits side by side: BigInt takes ten times as long, and there are two times in every data point.
  const whole = nanos === 1e6 ? Math.floor(ms) + 1 : Math.floor(ms)
  const digits = String(nanos === 1e6 ? 0 : nanos).padStart(6, '0')
  return whole === 0 ? String(Number(digits)) : `${whole}${digits}`
}
