import * as assert from 'uvu/assert'
import { parseDuration, parseQuantity } from '../../../handlers/alerts/quantity.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/quantity')

test('a number with its unit is taken in the unit that is measured', () => {
  const rows: readonly (readonly [written: unknown, unit: string, value: number | undefined])[] = [
    ['1s', 'nanosecond', 1e9],
    ['1 s', 'nanosecond', 1e9],
    ['0.1s', 'nanosecond', 1e8],
    ['250ms', 'second', 0.25],
    ['1.5m', 'second', 90],
    ['2h', 'millisecond', 7_200_000],
    ['1d', 'hour', 24],
    ['10us', 'nanosecond', 10_000],
    ['10µs', 'microsecond', 10],
    ['64MB', 'byte', 64e6],
    ['1KiB', 'byte', 1_024],
    ['1GiB', 'mebibyte', 1_024],
    ['5%', 'ratio', 0.05],
    ['5%', 'percent', 5],
    ['-3s', 'second', -3],
    ['7', 'nanosecond', 7],
    [' 7 ', 'count', 7],
    [7, 'nanosecond', 7],
    [0.5, 'anything', 0.5],
    ['1s', 'byte', undefined],
    ['1MB', 'nanosecond', undefined],
    ['5%', 'nanosecond', undefined],
    ['1s', 'count', undefined],
    ['1s', '__proto__', undefined],
    ['1 parsec', 'nanosecond', undefined],
    ['1e9', 'nanosecond', undefined],
    ['', 'nanosecond', undefined],
    ['s', 'nanosecond', undefined],
    [Number.NaN, 'nanosecond', undefined],
    [Number.POSITIVE_INFINITY, 'nanosecond', undefined],
    [null, 'nanosecond', undefined],
    [{}, 'nanosecond', undefined],
  ]
  for (const [written, unit, value] of rows)
    assert.is(parseQuantity(written, unit), value, `${String(written)} in ${unit}`)
})

test('a time is in milliseconds where it has no unit, and never negative', () => {
  assert.equal(['5m', 5, '250ms', 0, '-1s', -1, 'x', undefined].map(parseDuration), [
    300e9,
    5e6,
    250e6,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('a text made to be slow is not', () => {
  const begin = performance.now()
  for (const text of ['1'.repeat(1e6), `${' '.repeat(1e6)}1s`, `1${' '.repeat(1e6)}s`, '1.'.repeat(5e5)])
    parseQuantity(text, 'second')
  assert.ok(performance.now() - begin < 200)
})

test.run()
