import fc from 'fast-check'
import hdr from 'hdr-histogram-js'
import * as assert from 'uvu/assert'
import { bucketMiddle, bucketOf, bucketStart } from '../../src/metrics/log-bucket.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/log-bucket')
const positive = fc.double({ min: 2 ** -1022, max: Number.MAX_VALUE, noNaN: true })

test('the middle of its bucket is within 0.4 % of any positive double', () => {
  fc.assert(fc.property(positive, (value) => Math.abs(bucketMiddle(bucketOf(value)) - value) / value <= 1 / 256))
})

test('buckets ascend with their values and begin where bucketStart says', () => {
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      const [low, high] = a < b ? [a, b] : [b, a]
      return bucketOf(low) <= bucketOf(high) && bucketStart(bucketOf(a)) <= a
    }),
  )
})

test('the middle of the last bucket is finite', () => {
  assert.ok(Number.isFinite(bucketMiddle(bucketOf(Number.MAX_VALUE))))
})

test('integers from 128 on share a bucket exactly when they do in HdrHistogram with two digits', () => {
  const histogram = hdr.build({ numberOfSignificantValueDigits: 2, bitBucketSize: 32, highestTrackableValue: 2 ** 52 })
  assert.instance(histogram, hdr.JsHistogram)
  if (!(histogram instanceof hdr.JsHistogram)) return
  fc.assert(
    fc.property(fc.double({ min: 7, max: 51.9, noNaN: true }), (exponent) => {
      const value = Math.floor(2 ** exponent)
      return bucketStart(bucketOf(value)) === histogram.lowestEquivalentValue(value)
    }),
    { numRuns: 2_000 },
  )
})

test.run()
