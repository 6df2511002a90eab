import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createTokenBucket } from '../../src/delivery/token-bucket.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/token-bucket')

test('a burst goes at once, then one per interval', () => {
  const bucket = createTokenBucket(2, 3)
  for (let taken = 0; taken < 3; taken++) {
    assert.ok(bucket.readyAt() <= 0)
    bucket.take(0)
  }
  assert.is(bucket.readyAt(), 5e8)
  bucket.take(5e8)
  assert.is(bucket.readyAt(), 1e9)
})

test('a rest gives back the burst and no more', () => {
  const bucket = createTokenBucket(1, 2)
  let taken = 0
  for (let now = 100e9; bucket.readyAt() <= now; taken++) bucket.take(now)
  assert.is(taken, 2)
})

test('an infinite rate never waits', () => {
  const bucket = createTokenBucket(Number.POSITIVE_INFINITY, 1)
  for (let taken = 0; taken < 10; taken++) bucket.take(7)
  assert.ok(bucket.readyAt() <= 7)
})

test('no span of time sees more than rate and burst allow', () => {
  const rates = fc.integer({ min: 1, max: 1_000 })
  fc.assert(
    fc.property(rates, fc.integer({ min: 1, max: 10 }), fc.array(fc.nat(1e9)), (rate, burst, steps) => {
      const bucket = createTokenBucket(rate, burst)
      const times: number[] = []
      let now = 0
      for (const step of steps) {
        now += step
        if (bucket.readyAt() > now) continue
        bucket.take(now)
        times.push(now)
        for (const [index, first] of times.entries()) {
          assert.ok(times.length - index <= ((now - first) / 1e9) * rate + burst + 1e-9)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test.run()
