import * as assert from 'uvu/assert'
import { formatValue } from '../../src/catalog/format-value.ts'
import { suite } from '../harness/suite.ts'

const test = suite('format-value')

test('durations have three digits and the unit that fits', () => {
  const expected: [number, string][] = [
    [0, '0 ns'],
    [999, '999 ns'],
    [1_000, '1 µs'],
    [999_499, '999 µs'],
    [999_500, '1 ms'],
    [12_345_678, '12.3 ms'],
    [59_900_000_000, '59.9 s'],
    [60_000_000_000, '1 min'],
    [3_600_000_000_000, '1 h'],
    [93_600_000_000_000, '26 h'],
    [-1_500, '-1.5 µs'],
  ]
  for (const [nanoseconds, text] of expected) assert.is(formatValue(nanoseconds, 'nanosecond'), text)
})

test('sizes have three digits and the unit that fits', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [999_500, '1 MB'],
    [1_234_567_890, '1.23 GB'],
  ] as const) {
    assert.is(formatValue(bytes, 'byte'), text)
  }
})

test('a unit is converted before it is written', () => {
  assert.is(formatValue(1.5, 'second'), '1.5 s')
  assert.is(formatValue(250, 'millisecond'), '250 ms')
  assert.is(formatValue(12, 'microsecond'), '12 µs')
  assert.is(formatValue(1.5, 'megabyte'), '1.5 MB')
  assert.is(formatValue(2, 'kilobyte'), '2 kB')
  assert.is(formatValue(0.0512, 'ratio'), '5.12 %')
})

test('a number without a unit is written out when it is whole, and has three digits when not', () => {
  assert.is(formatValue(12_345, 'count'), '12345')
  assert.is(formatValue(12.345, undefined), '12.3')
  assert.is(formatValue(0, 'various'), '0')
})

test('what is not finite is told as it is', () => {
  assert.is(formatValue(Number.NaN, 'nanosecond'), 'NaN')
  assert.is(formatValue(Number.POSITIVE_INFINITY, 'byte'), 'Infinity')
})

test.run()
