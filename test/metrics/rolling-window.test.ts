import * as assert from 'uvu/assert'
import { RollingWindow } from '../../src/metrics/rolling-window.ts'
import { readWindow } from '../../src/metrics/window-reading.ts'
import { suite } from '../harness/suite.ts'
import { distributions, random } from './random.ts'

const test = suite('metrics/rolling-window', { limitMs: 60_000 })
const SECOND = 1e9

function read(window: RollingWindow, now: number) {
  return readWindow(window.occupied(now), window.lifetimeCount, window.lifetimeSum)
}

/** Nearest rank of an exact sort. */
function exact(values: readonly number[], permille: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil((sorted.length * permille) / 1000) - 1] ?? Number.NaN
}

function near(actual: number | undefined, expected: number, limit: number, what: string): void {
  const error = actual === expected ? 0 : Math.abs((actual ?? Number.NaN) - expected) / Math.abs(expected)
  assert.ok(error <= limit, `${what}: ${actual} is ${(error * 100).toFixed(3)} % from ${expected}`)
}

for (const [name, draw] of Object.entries(distributions)) {
  test(`quantiles of a rolling window of ${name} values are within 0.5 % of an exact sort, across slot borders`, () => {
    for (let seed = 1; seed <= 10; seed++) {
      const next = random(seed)
      const window = new RollingWindow(60_000, 6, 0)
      const records: [time: number, value: number][] = []
      let now = 0
      for (let i = 0; i < 3_000; i++) {
        now += next() * 0.08 * SECOND
        const value = draw(next)
        window.record(value, 1, now)
        records.push([now, value])
        if (i % 500 !== 499) continue
        // The window holds the present slot and the five before it.
        const begins = Math.floor(now / (10 * SECOND)) * 10 * SECOND - 50 * SECOND
        const values = records.filter(([time]) => time >= begins).map((record) => record[1])
        const value_ = read(window, now)
        const at = `seed ${seed} at ${now}`
        assert.is(value_.count, values.length, at)
        for (const [key, permille] of Object.entries({ p50: 500, p90: 900, p95: 950, p99: 990, p999: 999 }))
          near(value_[key as 'p50'], exact(values, permille), 0.005, `${key}, ${at}`)
        assert.is(value_.min, Math.min(...values), at)
        assert.is(value_.max, Math.max(...values), at)
        const total = values.reduce((a, b) => a + b, 0)
        const mean = total / values.length
        near(value_.sum, total, 1e-12, `sum, ${at}`)
        near(value_.mean, mean, 1e-12, `mean, ${at}`)
        const deviation = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length)
        assert.ok(Math.abs((value_.stddev ?? 0) - deviation) <= 1e-6 * mean, `stddev, ${at}`)
        assert.is(value_.lifetimeCount, i + 1, at)
      }
    }
  })
}

test('a value is in the window for between windowMs − windowMs/slots and windowMs', () => {
  for (const begin of [0, 1, 5_000, 9_999]) {
    const window = new RollingWindow(60_000, 6, 0)
    window.record(7, 1, begin * 1e6)
    assert.is(read(window, (begin + 50_000) * 1e6 - 1e6).count, 1, `begun at ${begin} ms`)
    assert.is(read(window, (begin + 60_000) * 1e6).count, 0, `begun at ${begin} ms`)
  }
})

test('the first window is not biased: 500 values in [0, 1) and, two slots later, 600 in [10, 11)', () => {
  const window = new RollingWindow(50_000, 5, 0)
  for (let i = 0; i < 500; i++) window.record(i / 500, 1, 0)
  for (let i = 0; i < 600; i++) window.record(10 + i / 600, 1, 25 * SECOND)
  near(read(window, 25 * SECOND).p50, 10 + 49 / 600, 0.005, 'p50')
})

test('an empty window has count 0 and no quantiles, and keeps its lifetime', () => {
  const window = new RollingWindow(1_000, 4, 0)
  window.record(5, 1, 0)
  const { count, sum, p50, p99, min, max, mean, stddev, lifetimeCount, lifetimeSum } = read(window, 10 * SECOND)
  assert.equal([count, sum, lifetimeCount, lifetimeSum], [0, 0, 1, 5])
  assert.equal([p50, p99, min, max, mean, stddev], new Array(6).fill(undefined))
})

test('a late value counts in the present slot and never brings an old one back', () => {
  const window = new RollingWindow(60_000, 6, 0)
  window.record(1, 1, 100 * SECOND)
  window.record(2, 1, 0)
  assert.is(read(window, 100 * SECOND).count, 2)
  assert.is(read(window, 150 * SECOND).count, 2)
  assert.is(read(window, 160 * SECOND).count, 0)
})

test('latencies over four decades take at most 48 KB', () => {
  const window = new RollingWindow(60_000, 6, 0)
  const next = random(4)
  for (let i = 0; i < 60_000; i++) window.record(10 ** (5 + 4 * next()), 1, i * 1e6)
  const bytes = window.slots.reduce(
    (all, slot) => all + (slot?.counts.byteLength ?? 0) + (slot?.blocks.byteLength ?? 0) + 256,
    0,
  )
  assert.ok(bytes <= 48_000, `${bytes} bytes`)
})

test('values from 1e-300 to 1e300 stay bounded, and those near the top keep their quantiles', () => {
  const window = new RollingWindow(60_000, 2, 0)
  for (let exponent = -300; exponent <= 300; exponent++) window.record(10 ** exponent, 1, 0)
  const { p99, p999, min, max, stddev, mean, lifetimeSum } = read(window, 0)
  near(p99, 10 ** 294, 0.005, 'p99')
  near(p999, 1e300, 0.005, 'p999')
  assert.equal([min, max], [1e-300, 1e300])
  for (const value of [stddev, mean, lifetimeSum]) assert.ok(Number.isFinite(value))
  assert.ok(window.slots.every((slot) => (slot?.counts.byteLength ?? 0) <= 32_768))
})

test('a weight counts as that many values', () => {
  const window = new RollingWindow(60_000, 6, 0)
  window.record(10, 3, 0)
  window.record(20, 1, 0)
  const { count, sum, mean, stddev, p50, lifetimeCount } = read(window, 0)
  assert.equal([count, sum, mean, lifetimeCount], [4, 50, 12.5, 4])
  near(stddev, Math.sqrt(18.75), 1e-12, 'stddev')
  near(p50, 10, 0.005, 'p50')
})

test('counts beyond 2^32 in one bucket stop there instead of beginning again', () => {
  const window = new RollingWindow(60_000, 6, 0)
  for (let i = 0; i < 5; i++) window.record(10, 1e9, 0)
  window.record(20, 1, 0)
  near(read(window, 0).p50, 10, 0.005, 'p50')
  assert.is(read(window, 0).count, 5e9 + 1)
})

test.run()
