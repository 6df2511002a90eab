import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { formatRate, plainDecimal } from '../../../handlers/statsd/numbers.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/statsd/numbers')

test('a number is written without an exponent and reads back as itself', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(
    fc.property(finite, (value) => {
      const text = plainDecimal(value)
      assert.match(text, /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/)
      assert.is(Number(text), value + 0)
    }),
    { numRuns: 1_000, verbose: true },
  )
})

test('so are fractions of up to nine digits', () => {
  const parts = fc.tuple(fc.integer({ min: -2e9, max: 2e9 }), fc.constantFrom(1, 10, 1e3, 1e6, 1e7, 1e9))
  fc.assert(
    fc.property(parts, ([integer, divisor]) => {
      const value = integer / divisor
      const text = plainDecimal(value)
      assert.is(Number(text), value + 0)
      if (!String(value).includes('e')) assert.is(text, String(value + 0))
    }),
    { numRuns: 10_000, verbose: true },
  )
})

test('the edges of the notation', () => {
  const cases: [number, string][] = [
    [-0, '0'],
    [1e21, '1000000000000000000000'],
    [-1.25e-7, '-0.000000125'],
    [1e-7, '0.0000001'],
    [1.5e300, `15${'0'.repeat(299)}`],
    [123.456, '123.456'],
  ]
  for (const [value, text] of cases) assert.is(plainDecimal(value), text)
})

test('a rate has six significant digits and is never too large', () => {
  const cases: [number, string][] = [
    [0.1, '0.1'],
    [1 / 3, '0.333333'],
    [1 / 6, '0.166666'],
    [1 / 7e8, '0.00000000142857'],
    [0.9999999, '0.999999'],
  ]
  for (const [rate, text] of cases) assert.is(formatRate(rate), text)
})

test('the receiver that cuts 1 ÷ rate to a whole number gets the count, up to 90,000', () => {
  for (let n = 2; n < 90_000; n += 1 + (n >> 6)) assert.is(Math.floor(1 / Number(formatRate(1 / n))), n)
})

test.run()
