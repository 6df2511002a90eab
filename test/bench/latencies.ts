import { seededRandom } from './statistics.ts'

/** Median of the bulk, of the second mode and upper end of the spikes, in nanoseconds. */
const [BULK, CACHE_MISS, SPIKE] = [2e6, 80e6, 5e9]

/**
 * Latencies in whole nanoseconds as services have them: log-normal around 2 ms (σ 0.9), 2 % in a second mode at 80 ms,
 * one in a thousand a spike of up to 5 s. The same ones in every run.
 */
export function latencies(count: number, seed = 11): Float64Array {
  const random = seededRandom(seed)
  return Float64Array.from({ length: count }, () => {
    const kind = random()
    if (kind < 0.001) return Math.ceil(random() * SPIKE)
    const middle = kind < 0.021 ? CACHE_MISS : BULK
    const spread = kind < 0.021 ? 0.2 : 0.9
    return Math.ceil(middle * Math.exp(spread * normal(random)))
  })
}

/** Standard normal (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/**
 * The same in whole microseconds. hdr-histogram-js is at its best with them, three times as fast as with nanoseconds,
 * which it finds the bucket of by powers of two up to 2^22.
 */
export function microseconds(nanoseconds: Float64Array): Int32Array {
  return Int32Array.from(nanoseconds, (value) => Math.ceil(value / 1e3))
}
