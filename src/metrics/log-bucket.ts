/**
 * Log-linear buckets for any positive double: an octave is cut in 128 equal parts. A value's bucket is its exponent and
 * the top 7 bits of its mantissa, read off its bits. For integers from 128 on these are the buckets of HdrHistogram with
 * two significant digits (G. Tene, HdrHistogram: 2^8 sub-buckets, the upper 2^7 of which each further octave has).
 *
 * A bucket from `a` to `a + w` has w ≤ a/128, so its middle is at most 1/256 = 0.39 % away from any value in it.
 */
export const BUCKETS_PER_OCTAVE = 128

const double = new Float64Array(1)
const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
const highWord = new Uint32Array(double.buffer, littleEndian ? 4 : 0, 1)
const lowWord = new Uint32Array(double.buffer, littleEndian ? 0 : 4, 1)
/** Of the high word's 20 mantissa bits, those below the top 7. */
const DROPPED_BITS = 13

/** The bucket of a positive, finite value. Ascends with the value. */
export function bucketOf(value: number): number {
  double[0] = value
  // DROPPED_BITS, as a literal for the reason in cells.ts.
  return (highWord[0] ?? 0) >>> 13
}

/** The smallest value in a bucket. */
export function bucketStart(bucket: number): number {
  lowWord[0] = 0
  highWord[0] = bucket << DROPPED_BITS
  return double[0] ?? 0
}

/** The middle of a bucket: what its values are taken for. Finite, also for the last one. */
export function bucketMiddle(bucket: number): number {
  const start = bucketStart(bucket)
  const width = bucketStart(bucket | (BUCKETS_PER_OCTAVE - 1)) - bucketStart(bucket & -BUCKETS_PER_OCTAVE)
  return start + width / (2 * (BUCKETS_PER_OCTAVE - 1))
}
