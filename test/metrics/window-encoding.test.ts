import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { SummaryValue } from '../../src/metrics/data.ts'
import { RollingWindow } from '../../src/metrics/rolling-window.ts'
import { encodeWindow, mergeWindow } from '../../src/metrics/window-encoding.ts'
import { readWindow } from '../../src/metrics/window-reading.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/window-encoding')
const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e9, noNaN: true })), { maxLength: 100 })

function windowOf(...parts: readonly (readonly number[])[]): RollingWindow {
  const window = new RollingWindow(60_000, 6, 0)
  for (const [i, part] of parts.entries()) for (const value of part) window.record(value, 1, i * 11e9)
  return window
}

function merged(...windows: readonly RollingWindow[]): SummaryValue {
  const target = new RollingWindow(60_000, 6, 0)
  for (const window of windows) {
    const encoded = encodeWindow(window, 40e9)
    if (encoded !== undefined) assert.ok(mergeWindow(target, JSON.parse(JSON.stringify(encoded)), 40e9))
  }
  return readWindow(target.occupied(40e9), 0, 0)
}

function same(a: SummaryValue, b: SummaryValue): void {
  for (const key of ['count', 'min', 'max', 'p50', 'p90', 'p95', 'p99', 'p999'] as const) assert.is(a[key], b[key], key)
  for (const key of ['sum', 'mean'] as const)
    assert.ok(a[key] === b[key] || Math.abs((a[key] ?? 0) - (b[key] ?? 0)) <= 1e-12 * (b[key] ?? 0), key)
  const spread = Math.abs((a.stddev ?? 0) - (b.stddev ?? 0))
  assert.ok(spread <= 1e-6 * (b.mean ?? 0), `stddev ${a.stddev} and ${b.stddev}`)
}

test('merged windows read as the window of the concatenation, in any order and grouping', () => {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      const all = windowOf([...a, ...b, ...c])
      const whole = readWindow(all.occupied(40e9), 0, 0)
      same(merged(windowOf(a), windowOf(b), windowOf(c)), whole)
      same(merged(windowOf(c), windowOf(b, a)), whole)
    }),
  )
})

test('quantiles ascend and lie between the extremes', () => {
  fc.assert(
    fc.property(values, (a) => {
      const { min, p50, p90, p95, p99, p999, max } = readWindow(windowOf(a).occupied(0), 0, 0)
      const ascending = [min, p50, p90, p95, p99, p999, max]
      return a.length === 0 || ascending.every((value, i) => i === 0 || (value ?? -1) >= (ascending[i - 1] ?? 0))
    }),
  )
})

test('a malformed window adds nothing', () => {
  const window = windowOf([1, 2])
  const sound = encodeWindow(windowOf([5]), 0)
  assert.ok(sound)
  if (sound === undefined) return
  for (const wrong of [{ sum: Number.NaN }, { sum: -1 }, { histograms: [] }, { histograms: ['zz'] }, { squares: -1 }])
    assert.is(mergeWindow(window, { ...sound, ...wrong }, 0), undefined)
  assert.is(readWindow(window.occupied(0), 0, 0).count, 2)
})

test('extremes that the counts contradict are not believed', () => {
  const sound = encodeWindow(windowOf([1_000]), 0)
  const window = windowOf([])
  if (sound !== undefined) mergeWindow(window, { ...sound, min: -5, max: 1e300 }, 0)
  const { min, max } = readWindow(window.occupied(0), 0, 0)
  for (const extreme of [min, max]) assert.ok(Math.abs((extreme ?? 0) - 1_000) < 5)
})

test('an empty window is not encoded', () => {
  assert.is(encodeWindow(windowOf([1]), 100e9), undefined)
})

test.run()
