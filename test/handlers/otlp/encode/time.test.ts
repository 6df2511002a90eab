import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { toNanos } from '../../../../handlers/otlp/encode/time.ts'
import { suite } from '../../../harness/suite.ts'

const test = suite('handlers/otlp/encode/time')

test('milliseconds become nanoseconds to the digit, as BigInt would have them', () => {
  const exact = (ms: number) => BigInt(Math.floor(ms)) * 1_000_000n + BigInt(Math.round((ms - Math.floor(ms)) * 1e6))
  for (const ms of [1_700_000_000_123.5, 1_700_000_000_000, 0.000_001, 1, 0.999_999_9, 1_999.999_999_9, 1e15])
    assert.is(toNanos(ms), String(exact(ms)), String(ms))
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 4e12, noNaN: true }), (ms) => assert.is(toNanos(ms), String(exact(ms)))),
  )
})

test('no time is 0', () => {
  for (const ms of [0, -1, Number.NaN]) assert.is(toNanos(ms), '0')
})

test.run()
