import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import hdr from 'hdr-histogram-js'
import * as assert from 'uvu/assert'
import { decodeHdr, encodeHdr } from '../../src/metrics/hdr-codec.ts'
import { bucketMiddle, bucketOf } from '../../src/metrics/log-bucket.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/hdr-codec')

function countsOf(values: readonly number[]) {
  const buckets = values.filter((value) => value > 0).map(bucketOf)
  const base = Math.min(...buckets, 200_000)
  const counts = new Float64Array(Math.max(0, Math.max(...buckets, -1) - base + 1))
  for (const bucket of buckets) counts[bucket - base] = (counts[bucket - base] ?? 0) + 1
  return { zeros: values.length - buckets.length, base, counts }
}

function bucketsOf(values: readonly number[]): Map<number, number> {
  const buckets = new Map<number, number>()
  for (const value of values) {
    const bucket = value > 0 ? bucketOf(value) : 0
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1)
  }
  return buckets
}

function decoded(encodings: readonly string[]): Map<number, number> {
  const buckets = new Map<number, number>()
  for (const text of encodings)
    assert.ok(decodeHdr(text, (bucket, count) => buckets.set(bucket, (buckets.get(bucket) ?? 0) + count)))
  return buckets
}

/** Ours is the uncompressed form; theirs reads the compressed one, which is the same behind a header of 8 bytes. */
function library(text: string) {
  const deflated = deflateSync(Buffer.from(text, 'base64'))
  const header = Buffer.alloc(8)
  header.writeInt32BE(0x1c849314)
  header.writeInt32BE(deflated.length, 4)
  return hdr.decodeFromCompressedBase64(Buffer.concat([header, deflated]).toString('base64'), 64)
}

test('any non-negative doubles come back in exactly their buckets', () => {
  const value = fc.oneof(
    fc.constant(0),
    fc.double({ min: 1e-280, max: 1e280, noNaN: true }),
    fc.double({ min: 1, max: 1e9, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(value, { maxLength: 200 }), (values) => {
      assert.equal(decoded(encodeHdr(countsOf(values))), bucketsOf(values))
    }),
  )
})

test('hdr-histogram-js reads what we write, with the same counts and quantiles', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 128, max: 2 ** 40 }), { minLength: 1, maxLength: 300 }), (values) => {
      const [text, ...more] = encodeHdr(countsOf(values))
      assert.is(more.length, 0)
      const theirs = library(text ?? '')
      assert.is(theirs.totalCount, values.length)
      const median = [...values].sort((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? 0
      assert.ok(Math.abs(theirs.getValueAtPercentile(50) - median) <= median / 128)
    }),
    { numRuns: 50 },
  )
})

test('we read what hdr-histogram-js writes compressed', () => {
  const theirs = hdr.build({ numberOfSignificantValueDigits: 2, bitBucketSize: 64 })
  const values = Array.from({ length: 500 }, (_, i) => 1_000 + i * i * 37)
  for (const value of values) theirs.recordValue(value)
  assert.equal(decoded([hdr.encodeIntoCompressedBase64(theirs)]), bucketsOf(values))
})

test('a range of over 46 octaves is written in several encodings', () => {
  assert.is(encodeHdr(countsOf([1, 2 ** 45])).length, 1)
  assert.ok(encodeHdr(countsOf([1, 2 ** 46])).length > 1)
})

test('no values, or zeros alone, are one encoding', () => {
  assert.equal(decoded(encodeHdr(countsOf([]))), new Map())
  assert.equal(decoded(encodeHdr(countsOf([0, 0]))), new Map([[0, 2]]))
})

test('counts beyond 2^32 survive', () => {
  const counts = { zeros: 0, base: bucketOf(1_000), counts: [2 ** 40 + 3] }
  assert.equal(decoded(encodeHdr(counts)), new Map([[bucketOf(1_000), 2 ** 40 + 3]]))
})

test('what is no encoding is refused and never throws', () => {
  const sound = encodeHdr(countsOf([1_000, 2_000]))[0] ?? ''
  for (const text of ['', 'x', '%%%', btoa('hello'), sound.slice(0, 40), sound.slice(0, -4), 'A'.repeat(70_000)])
    assert.is(
      decodeHdr(text, () => {}),
      false,
      text.slice(0, 20),
    )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      decodeHdr(btoa(String.fromCharCode(...bytes)), () => {})
    }),
  )
})

test('buckets of single integers, which other writers use below 128, keep their value', () => {
  const theirs = hdr.build({ numberOfSignificantValueDigits: 2, bitBucketSize: 64 })
  for (const value of [1, 7, 100]) theirs.recordValue(value)
  const found = [...decoded([hdr.encodeIntoCompressedBase64(theirs)]).keys()].map(bucketMiddle)
  for (const [i, value] of [1, 7, 100].entries()) assert.ok(Math.abs((found[i] ?? 0) - value) / value < 0.005)
})

test.run()
