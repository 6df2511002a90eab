import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createRebucket } from '../../../../handlers/otlp/encode/exponential.ts'
import { suite } from '../../../harness/suite.ts'

const test = suite('handlers/otlp/encode/exponential', { limitMs: 60_000 })
const seed = Date.now() % 1e9
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** Values per bucket, upper bounds inclusive. */
function bucketize(bounds: readonly number[], values: readonly number[]): number[] {
  const counts = [...bounds, 0].map(() => 0)
  for (const value of values) {
    const at = bounds.findIndex((bound) => value <= bound)
    const bucket = at < 0 ? bounds.length : at
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  return counts
}

type Buckets = ReturnType<ReturnType<typeof createRebucket>['apply']>

function total({ zeroCount, positive, negative }: Buckets): number {
  return [zeroCount, ...positive.bucketCounts, ...negative.bucketCounts].reduce((sum, count) => sum + Number(count), 0)
}

/** The bounds of the positive bucket that holds the value of that rank, from 1. */
function rankedBucket({ scale, positive }: Buckets, rank: number): [number, number] {
  const base = 2 ** (2 ** -scale)
  let seen = 0
  for (const [i, count] of positive.bucketCounts.entries()) {
    seen += Number(count)
    if (seen >= rank) return [base ** (positive.offset + i), base ** (positive.offset + i + 1)]
  }
  throw new Error(`there is no value of rank ${rank}`)
}

test(`every quantile between the bounds is within the stated factor (seed ${seed})`, () => {
  const bounds = fc
    .uniqueArray(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 20 })
    .map((all) => all.toSorted((a, b) => a - b))
  fc.assert(
    fc.property(
      bounds,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 }),
      (of, places) => {
        const [first = 0, last = 0] = [of[0], of.at(-1)]
        const values = places
          .map((place) => first * (last / first) ** place)
          .filter((value) => value > first && value <= last)
        const { apply, maxFactor } = createRebucket(of)
        const buckets = apply(bucketize(of, values))
        assert.is(total(buckets), values.length)
        for (const [i, value] of values.toSorted((a, b) => a - b).entries()) {
          const [low, high] = rankedBucket(buckets, i + 1)
          const factor = Math.max(high / value, value / low)
          assert.ok(factor <= maxFactor * (1 + 1e-9), `${value} in (${low}, ${high}]: ${factor} > ${maxFactor}`)
        }
      },
    ),
    { seed, numRuns: 100 },
  )
})

test('the default bounds of durations are off by a factor of 1.73 at most', () => {
  const { scale, maxFactor } = createRebucket(seconds)
  assert.is(scale, 3)
  assert.ok(Math.abs(maxFactor - 1.7242) < 1e-3, String(maxFactor))
})

test(`all counts arrive on their side of zero, in at most 160 buckets a side (seed ${seed})`, () => {
  const bounds = fc
    .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 30, comparator: 'IsStrictlyEqual' })
    .map((all) => all.map((bound) => bound + 0).toSorted((a, b) => a - b))
  fc.assert(
    fc.property(bounds, fc.array(fc.nat(1_000), { minLength: 31, maxLength: 31 }), (of, all) => {
      const counts = all.slice(0, of.length + 1)
      const { apply, scale } = createRebucket(of)
      const buckets = apply(counts)
      assert.is(
        total(buckets),
        counts.reduce((sum, count) => sum + count, 0),
      )
      assert.ok(buckets.positive.bucketCounts.length <= 160 && buckets.negative.bucketCounts.length <= 160)
      assert.ok(Number.isInteger(scale) && scale <= 20 && scale >= -11, String(scale))
      for (const { offset } of [buckets.positive, buckets.negative]) assert.ok(Math.abs(offset) < 2 ** 31)
      // A bucket that ends in zero is below it, unless it is the first: that may hold nothing but zeroes.
      const isBelow = (bound: number, i: number) => bound < 0 || (bound === 0 && i > 0)
      const below = of.reduce((sum, bound, i) => (isBelow(bound, i) ? sum + (counts[i] ?? 0) : sum), 0)
      assert.is(
        buckets.negative.bucketCounts.reduce((sum, count) => sum + Number(count), 0),
        below,
      )
    }),
    { seed, numRuns: 100 },
  )
})

test('counts keep their places when more values come: a cumulative histogram never falls', () => {
  const { apply } = createRebucket(seconds)
  const at = (buckets: Buckets) =>
    new Map(buckets.positive.bucketCounts.map((count, i) => [buckets.positive.offset + i, Number(count)]))
  const values = [0.003, 0.3, 0.3, 4, 11, 0.0001, 0.06, 900]
  let before = new Map<number, number>()
  for (let n = 1; n <= values.length; n++) {
    const now = at(apply(bucketize(seconds, values.slice(0, n))))
    for (const [index, count] of before) assert.ok((now.get(index) ?? 0) >= count)
    before = now
  }
})

test('what ends in zero counts as zero, and what begins there does not', () => {
  const { apply } = createRebucket([0, 5, 10])
  assert.equal(apply([4, 0, 0, 0]), {
    scale: createRebucket([0, 5, 10]).scale,
    zeroCount: '4',
    positive: { offset: 0, bucketCounts: [] },
    negative: { offset: 0, bucketCounts: [] },
  })
  assert.is(apply([0, 3, 0, 0]).zeroCount, '0')
})

test.run()
