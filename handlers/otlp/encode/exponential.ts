import type { ExponentialBuckets, ExponentialPoint } from './message.ts'

/** Buckets on each side of zero at most: the default of OpenTelemetry's own exponential histograms. */
const MAX_SIZE = 160
/** The largest scale that the specification's mappings support. */
const MAX_SCALE = 20
/** The ratio of bounds that is assumed where there is no neighbour to take it from. */
const FALLBACK_RATIO = 2

type Buckets = Pick<ExponentialPoint, 'scale' | 'zeroCount' | 'positive' | 'negative'>

/** From the buckets of one set of bounds to exponential ones. */
export interface Rebucket {
  readonly scale: number
  /**
   * How far a quantile may be off: the true value and any value of the exponential bucket that stands for it differ by this
   * factor at most. Holds for values between the first and the last bound, in buckets that do not touch zero; outside them
   * fixed bounds tell nothing of a value, and no conversion adds it.
   */
  readonly maxFactor: number
  /** `counts` has one more than the bounds. The counts of the result add up to the same. */
  apply(counts: readonly number[]): Buckets
}

const known = new WeakMap<readonly number[], Rebucket>()

/**
 * Prepares the conversion for these bounds; kept as long as they are.
 *
 * All of a bucket goes to the one exponential bucket that holds its geometric mean √(lower · upper), which is no more than
 * √(upper / lower) away from any value in it; `maxFactor` is the largest such root times the base 2^(2^-scale). Scale and places
 * depend on the bounds alone: were they chosen by the values, counts would move between buckets from one export to the next, and
 * cumulative ones would seem to fall. Buckets that end in zero or at infinity are taken to be as wide as their neighbour.
 * A bucket with zero inside counts as zero.
 */
export function createRebucket(bounds: readonly number[]): Rebucket {
  const before = known.get(bounds)
  if (before !== undefined) return before
  const places = bounds.length === 0 ? [0] : representatives(bounds)
  const scale = chooseScale(places)
  const indices = places.map((place) => (place === 0 ? 0 : indexOf(Math.abs(place), scale)))
  const rebucket: Rebucket = {
    scale,
    maxFactor: Math.sqrt(widestRatio(bounds)) * 2 ** (2 ** -scale),
    apply(counts) {
      const side = (sign: number) => collect(places, indices, counts, sign)
      const zeroes = counts.reduce((sum, count, i) => (places[i] === 0 ? sum + count : sum), 0)
      return { scale, zeroCount: String(zeroes), positive: side(1), negative: side(-1) }
    },
  }
  known.set(bounds, rebucket)
  return rebucket
}

/** One value per bucket that stands for all in it. */
function representatives(bounds: readonly number[]): number[] {
  const lowers = [Number.NEGATIVE_INFINITY, ...bounds]
  const uppers = [...bounds, Number.POSITIVE_INFINITY]
  return lowers.map((lower, i) => {
    const upper = uppers[i] ?? lower
    if (upper <= 0)
      return upper === 0 && lower === Number.NEGATIVE_INFINITY
        ? 0
        : -middle(-upper, -lower, bounds.map((bound) => -bound).reverse())
    // Only a first bucket has no lower bound; values below zero are rare enough in one that reaches above it.
    const from = lower === Number.NEGATIVE_INFINITY ? 0 : lower
    return from < 0 ? 0 : middle(from, upper, bounds)
  })
}

/** The geometric mean of a bucket above zero. */
function middle(lower: number, upper: number, bounds: readonly number[]): number {
  if (lower > 0 && upper < Number.POSITIVE_INFINITY) return Math.sqrt(lower) * Math.sqrt(upper)
  // Of values anywhere above zero there is none to choose.
  if (lower === 0 && upper === Number.POSITIVE_INFINITY) return 1
  const edge = lower > 0 ? lower : upper
  const neighbour = lower > 0 ? bounds.findLast((bound) => bound < edge) : bounds.find((bound) => bound > edge)
  const positive = neighbour !== undefined && neighbour > 0 ? neighbour : undefined
  const ratio = positive === undefined ? FALLBACK_RATIO : Math.max(edge, positive) / Math.min(edge, positive)
  const root = Math.sqrt(ratio)
  return lower > 0 ? Math.min(edge * root, Number.MAX_VALUE) : Math.max(edge / root, Number.MIN_VALUE)
}

/** The finest scale at which neither side needs more than MAX_SIZE buckets. */
function chooseScale(places: readonly number[]): number {
  for (let scale = MAX_SCALE; ; scale--) {
    const fits = [1, -1].every((sign) => {
      const indices = places.filter((place) => place * sign > 0).map((place) => indexOf(Math.abs(place), scale))
      return indices.length === 0 || Math.max(...indices) - Math.min(...indices) < MAX_SIZE
    })
    if (fits) return scale
  }
}

/** The index of the bucket (base^i, base^(i+1)] that holds `value`. */
function indexOf(value: number, scale: number): number {
  return Math.ceil(Math.log2(value) * 2 ** scale) - 1
}

function widestRatio(bounds: readonly number[]): number {
  return bounds.reduce((widest, upper, i) => {
    const lower = bounds[i - 1]
    if (lower === undefined || lower * upper <= 0) return widest
    return Math.max(widest, upper / lower, lower / upper)
  }, 1)
}

function collect(
  places: readonly number[],
  indices: readonly number[],
  counts: readonly number[],
  sign: number,
): ExponentialBuckets {
  const byIndex = new Map<number, number>()
  for (const [i, place] of places.entries()) {
    const count = counts[i] ?? 0
    const index = indices[i] ?? 0
    if (place * sign > 0 && count > 0) byIndex.set(index, (byIndex.get(index) ?? 0) + count)
  }
  if (byIndex.size === 0) return { offset: 0, bucketCounts: [] }
  const offset = Math.min(...byIndex.keys())
  const length = Math.max(...byIndex.keys()) - offset + 1
  return { offset, bucketCounts: Array.from({ length }, (_, i) => String(byIndex.get(offset + i) ?? 0)) }
}
