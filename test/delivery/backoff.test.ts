import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { backoff } from '../../src/delivery/backoff.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/backoff')
const almostOne = () => 1 - Number.EPSILON

test('the limit doubles from half a second to a minute', () => {
  const limits = [0, 1, 2, 6, 7, 8, 100].map((failures) => Math.round(backoff(failures, { random: almostOne })))
  assert.equal(limits, [500, 1_000, 2_000, 32_000, 60_000, 60_000, 60_000])
})

test('the jitter is full: the wait may be nothing, and is in proportion to the random number', () => {
  assert.is(backoff(3, { random: () => 0 }), 0)
  assert.is(backoff(3, { random: () => 0.25 }), 1_000)
})

test('what the receiver asked for is a lower limit, an hour at most', () => {
  assert.is(backoff(0, { retryAfterMs: 7_000, random: almostOne }), 7_000)
  assert.is(backoff(0, { retryAfterMs: 1, random: () => 0.5 }), 250)
  assert.is(backoff(0, { retryAfterMs: 1e15, random: () => 0 }), 3_600_000)
  for (const retryAfterMs of [Number.NaN, -5]) assert.is(backoff(0, { retryAfterMs, random: () => 0 }), 0)
})

test('every wait is within its bounds', () => {
  const ms = fc.integer({ min: 0, max: 1e9 })
  fc.assert(
    fc.property(
      fc.nat(5_000),
      ms,
      ms,
      ms,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, baseMs, capMs, asked, r) => {
        const retryAfterMs = Math.min(asked, 3_600_000)
        const wait = backoff(n, { baseMs, capMs, retryAfterMs: asked, random: () => r })
        assert.ok(wait >= retryAfterMs, `${wait} is earlier than ${retryAfterMs}`)
        assert.ok(
          wait <= Math.max(retryAfterMs, Math.min(capMs, baseMs * 2 ** Math.min(n, 1_023))),
          `${wait} is beyond the limit`,
        )
      },
    ),
    { numRuns: 1_000 },
  )
})

test.run()
