import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { maxRetryAfterMs, parseRetryAfter } from '../../src/delivery/retry-after.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/retry-after')
/** The example of RFC 9110, 5.6.7. */
const date = Date.UTC(1994, 10, 6, 8, 49, 37)

test('seconds become milliseconds, one hour at most', () => {
  assert.is(parseRetryAfter('0', 0), 0)
  assert.is(parseRetryAfter(' 5 ', 0), 5_000)
  assert.is(parseRetryAfter('3600', 0), 3_600_000)
  assert.is(parseRetryAfter('1000000000000', 0), maxRetryAfterMs)
  assert.is(parseRetryAfter('9'.repeat(400), 0), maxRetryAfterMs)
})

test('a date in each of the three forms is the time until then', () => {
  for (const form of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
    assert.is(parseRetryAfter(form, date - 7_000), 7_000, form)
    assert.is(parseRetryAfter(form, date + 1), 0, form)
    assert.is(parseRetryAfter(form, date - 86_400_000), maxRetryAfterMs, form)
  }
})

test('two digits of a year mean the past when they seem more than 50 years ahead', () => {
  const now = Date.UTC(2026, 0, 1)
  assert.is(parseRetryAfter('Friday, 01-Jan-77 00:00:00 GMT', now), 0)
  assert.is(parseRetryAfter('Wednesday, 01-Jan-76 00:00:00 GMT', now), maxRetryAfterMs)
})

test('what is neither is no wait at all', () => {
  const bad = ['', '-1', '+5', '1.5', '1e3', '0x10', 'soon', '5 s', 'NaN', 'Infinity', '1994-11-06T08:49:37Z']
  const dates = ['Sun, 31 Feb 1994 08:49:37 GMT', 'Sun, 06 Foo 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 24:00:00 GMT']
  for (const value of [...bad, ...dates, 'Sun, 06 Nov 1994 08:49:37 CET', 'Sun, 00 Nov 1994 08:49:37 GMT']) {
    assert.is(parseRetryAfter(value, 0), undefined, value)
  }
  assert.is(parseRetryAfter(undefined, 0), undefined)
})

test('any date that JavaScript prints is read back, and nothing leaves the bounds', () => {
  const moments = fc.integer({ min: 0, max: 253_402_300_799 })
  fc.assert(
    fc.property(moments, moments, (then, now) => {
      const wait = parseRetryAfter(new Date(then * 1_000).toUTCString(), now * 1_000)
      assert.is(wait, Math.min(Math.max(0, (then - now) * 1_000), maxRetryAfterMs))
    }),
    { numRuns: 1_000 },
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const wait = parseRetryAfter(text, 0)
      assert.ok(wait === undefined || (wait >= 0 && wait <= maxRetryAfterMs))
    }),
    { numRuns: 1_000 },
  )
})

test.run()
