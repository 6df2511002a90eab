import * as fc from 'fast-check'
import type { DistributionValue } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { evenTimings, MAX_TIMINGS, type Timing, weightedTimings } from '../../../handlers/statsd/timings.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/statsd/timings')

const bounds = [1, 2, 5, 10, 20, 50, 100]

function distributionOf(values: readonly number[]): DistributionValue {
  const counts = [...bounds, Number.POSITIVE_INFINITY].map(
    (upper, i) => values.filter((value) => value <= upper && value > (bounds[i - 1] ?? -1)).length,
  )
  const sum = values.reduce((total, value) => total + value, 0)
  return { bounds, counts, count: values.length, sum, min: undefined, max: undefined }
}

const weightOf = (timings: readonly Timing[]) => timings.reduce((total, { weight }) => total + weight, 0)
const bucketOf = (value: number) => bounds.findIndex((bound) => value <= bound)
const values = fc.array(fc.double({ min: 0.001, max: 100, noNaN: true }), { minLength: 1, maxLength: 500 })

test('each bucket that is not empty is one value with the weight of all, in the middle of the bucket', () => {
  assert.equal(weightedTimings(distributionOf([0.5, 3, 4, 4.5, 1_000])), [
    { value: 0.5, weight: 1 },
    { value: 3.5, weight: 3 },
    { value: 100, weight: 1 },
  ])
})

test('the weights add up to the count, in both forms', () => {
  fc.assert(
    fc.property(values, (all) => {
      const distribution = distributionOf(all)
      assert.is(weightOf(weightedTimings(distribution)), all.length)
      const even = evenTimings(distribution)
      assert.is(even.length, Math.min(all.length, MAX_TIMINGS))
      assert.ok(Math.abs(weightOf(even) - all.length) < 1e-6)
    }),
  )
})

test('with few values, each is in its own bucket', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 100, noNaN: true }), { minLength: 1, maxLength: MAX_TIMINGS }),
      (all) => {
        const sorted = [...all].sort((a, b) => a - b)
        assert.equal(
          evenTimings(distributionOf(all)).map(({ value }) => bucketOf(value)),
          sorted.map(bucketOf),
        )
      },
    ),
  )
})

test('with many, a percentile by nearest rank is within a bucket of one that is at most 1 % of the ranks away', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 99 }), (all, percent) => {
      const sorted = [...all].sort((a, b) => a - b)
      const lines = evenTimings(distributionOf(all)).map(({ value }) => value)
      const read = lines[Math.ceil((percent / 100) * lines.length) - 1] ?? Number.NaN
      const at = (share: number) => sorted[Math.min(all.length, Math.max(1, Math.ceil(share * all.length))) - 1] ?? 0
      assert.ok(bucketOf(read) >= bucketOf(at(percent / 100 - 0.01)))
      assert.ok(bucketOf(read) <= bucketOf(at(percent / 100 + 0.01)))
    }),
  )
})

test('a histogram without bounds is its mean, one below zero begins at its first bound', () => {
  const shape = { min: undefined, max: undefined }
  const mean = { bounds: [], counts: [4], count: 4, sum: 10, ...shape }
  assert.equal(weightedTimings(mean), [{ value: 2.5, weight: 4 }])
  assert.equal(evenTimings(mean)[3], { value: 2.5, weight: 1 })
  const below = { bounds: [-5, 5], counts: [2, 1, 0], count: 3, sum: -9, ...shape }
  assert.equal(weightedTimings(below), [
    { value: -5, weight: 2 },
    { value: 0, weight: 1 },
  ])
})

test.run()
