import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { makeCells } from '../../src/metrics/cells.ts'
import { createStore } from '../../src/metrics/create-store.ts'
import { isDistribution, isSummary, type SummaryValue } from '../../src/metrics/data.ts'
import { counter, distribution, lastValue, sum, summary } from '../../src/metrics/define.ts'
import { addExactly, exactSum } from '../../src/metrics/exact-sum.ts'
import type { MetricStore } from '../../src/metrics/metric-store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { distributions, random } from './random.ts'

const test = suite('metrics/reliability', { limitMs: 60_000 })

function summaryOf(store: MetricStore, name: string): SummaryValue {
  const value = store.get(name)?.value
  if (value === undefined || !isSummary(value)) throw new Error(`${name} has no summary`)
  return value
}

/** Every number in a value, however deep. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : []
}

test('M1: no value, however hostile, makes an exported one not finite', () => {
  const options = { event: 'a', measurement: 'v' }
  const scaled = { ...options, unit: ['second', 'nanosecond'] as const }
  const metrics = [
    counter('m.counter', options),
    sum('m.sum', options),
    sum('m.any_sum', { ...options, monotonic: false }),
    lastValue('m.last', options),
    summary('m.summary', options),
    distribution('m.distribution', options),
    sum('m.scaled_sum', scaled),
    lastValue('m.scaled_last', scaled),
    summary('m.scaled_summary', scaled),
  ]
  const corpus = [
    Number.NaN,
    Infinity,
    -Infinity,
    -0,
    '5',
    5n,
    true,
    null,
    undefined,
    {},
    [],
    Symbol('x'),
    1e308,
    1e308,
    1e308,
    -1,
    -1e308,
    5e-324,
  ]
  const store = createStore({ metrics, clock: manualClock() })
  const record = store.recorder('a')
  for (const v of [...corpus, ...corpus]) {
    for (const sample_weight of [1, 1e9]) record?.({ v, sample_weight }, {})
    for (const { definition, points } of store.collect())
      for (const number of numbersIn(points)) assert.ok(Number.isFinite(number), `${definition.name}: ${number}`)
  }
  assert.ok(Object.is(store.get('m.last')?.value, 5e-324))
  assert.ok(store.stats().invalid > 100)
})

test('M1: a value of −0 is read as 0, and −1 is refused by what only rises', () => {
  const store = createStore({ metrics: [sum('a.v'), lastValue('a.w'), summary('a.x')], clock: manualClock() })
  store.recorder('a')?.({ v: -1, w: -0, x: -0 }, {})
  assert.is(store.get('a.v')?.value, 0)
  assert.ok(Object.is(store.get('a.w')?.value, 0))
  assert.ok(Object.is(summaryOf(store, 'a.x').min, 0))
})

test('M2: a million label values take at most 20 MiB and lose nothing', () => {
  const clock = manualClock()
  const metrics = [counter('a.count', { tags: ['user', 'method'] }), summary('a.duration', { tags: ['user'] })]
  const store = createStore({ metrics, clock })
  const record = store.recorder('a')
  const emit = (from: number, to: number) => {
    for (let i = from; i < to; i++) record?.({ duration: 5, monotonic_time: 0 }, { user: `user-${i}`, method: 'GET' })
  }
  setFlagsFromString('--expose-gc')
  const collectGarbage: unknown = runInNewContext('gc')
  const heap = () => {
    if (typeof collectGarbage === 'function') collectGarbage()
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
  }
  const before = heap()
  emit(0, 1_000_000)
  const grown = heap() - before
  assert.ok(grown <= 20 * 2 ** 20, `${(grown / 2 ** 20).toFixed(1)} MiB`)
  assert.is(store.stats().series, 2_500)
  for (const { points } of store.collect()) {
    const total = points.reduce(
      (all, { value }) => all + (typeof value === 'number' ? value : isSummary(value) ? value.count : 0),
      0,
    )
    assert.is(total, 1_000_000)
  }
})

test('M3: equal tag sets are one series, others never are', () => {
  const label = fc.oneof(
    fc.constantFrom('', '1', 1, 'a=1', '1,b=2', null, undefined, true, 'true'),
    fc.string({ maxLength: 4, unit: 'binary' }),
  )
  fc.assert(
    fc.property(fc.array(fc.record({ a: label, b: label }), { minLength: 1, maxLength: 20 }), (sets) => {
      const store = createStore({ metrics: [counter('x.y', { tags: ['b', 'a'] })], clock: manualClock() })
      for (const set of [...sets, ...sets]) store.recorder('x')?.({}, set)
      const text = (value: unknown) =>
        value === undefined || value === null ? '' : String(value).replace(/\p{Surrogate}/gu, '\uFFFD')
      const expected = new Set(sets.map(({ a, b }) => JSON.stringify([text(a), text(b)])))
      const points = store.collect()[0]?.points ?? []
      assert.equal(new Set(points.map(({ tags }) => JSON.stringify([tags['a'], tags['b']]))), expected)
      assert.is(
        points.reduce((total, { value }) => total + Number(value), 0),
        2 * sets.length,
      )
    }),
    { numRuns: 300 },
  )
})

test('M4: an empty window has no quantiles, a single value is all of them, and they ascend', () => {
  const clock = manualClock()
  const store = createStore({ metrics: [summary('a.v')], clock })
  assert.is(store.get('a.v'), undefined)
  store.recorder('a')?.({ v: 42 }, {})
  const { p50, p99, p999, min, max, mean } = summaryOf(store, 'a.v')
  assert.equal([p50, p99, p999, min, max, mean], [42, 42, 42, 42, 42, 42])
  clock.advance(70_000)
  assert.is(summaryOf(store, 'a.v').p50, undefined)
  const next = random(7)
  for (let i = 0; i < 500; i++) store.recorder('a')?.({ v: distributions['pareto']?.(next) }, {})
  const value = summaryOf(store, 'a.v')
  const ascending = [value.min, value.p50, value.p90, value.p95, value.p99, value.p999, value.max].map(Number)
  assert.equal(
    ascending,
    [...ascending].sort((a, b) => a - b),
  )
})

test('M5: merged p99 is that of all values and not the mean of two p99', () => {
  const [fast, slow, all] = [0, 1, 2].map(() => createStore({ metrics: [summary('a.v')], clock: manualClock() }))
  if (fast === undefined || slow === undefined || all === undefined) return
  for (let i = 0; i < 10_000; i++) for (const store of [fast, all]) store.recorder('a')?.({ v: 40 + (i % 10) }, {})
  for (let i = 0; i < 50; i++) for (const store of [slow, all]) store.recorder('a')?.({ v: 3_000 + i }, {})
  const fleet = createStore({ metrics: [summary('a.v')], clock: manualClock() })
  for (const store of [slow, fast]) fleet.mergeWindows(store.exportWindows())
  assert.equal(summaryOf(fleet, 'a.v').p99, summaryOf(all, 'a.v').p99)
  assert.ok((summaryOf(fleet, 'a.v').p99 ?? 0) < 50)
})

test('M6: a wall clock that jumps back an hour and ahead a day moves no value', () => {
  const run = (jumps: boolean) => {
    const clock = manualClock(1e12)
    const store = createStore({ metrics: [summary('a.v'), counter('a.n')], clock })
    const read: unknown[] = []
    const times: number[] = []
    for (let second = 0; second < 180; second++) {
      if (jumps && second === 60) clock.setWallTime(1e12 - 3_600_000)
      if (jumps && second === 120) clock.setWallTime(1e12 + 86_400_000)
      store.recorder('a')?.({ v: second }, {})
      clock.advance(1_000)
      const [point, count] = [store.get('a.v'), store.get('a.n')]
      read.push(point?.value, count?.value)
      times.push(point?.time ?? 0)
    }
    return { read, times }
  }
  const [steady, jumping] = [run(false), run(true)]
  assert.equal(jumping.read, steady.read)
  assert.equal(
    jumping.times,
    [...jumping.times].sort((a, b) => a - b),
  )
})

test('M7: after a block or sleep of any length no value is in a wrong slot, and nothing catches up', () => {
  const clock = manualClock()
  const store = createStore({ metrics: [summary('a.v')], clock })
  const record = store.recorder('a')
  record?.({ v: 1 }, {})
  clock.advance(5_000)
  record?.({ v: 2 }, {})
  clock.advance(45_000)
  assert.is(summaryOf(store, 'a.v').count, 2)
  clock.advance(10_000)
  record?.({ v: 3 }, {})
  assert.is(summaryOf(store, 'a.v').count, 1)
  clock.advance(400_000)
  record?.({ v: 4 }, {})
  assert.is(summaryOf(store, 'a.v').count, 1)
  assert.is(clock.pending, 0)
})

test('M8: sums do not drift', () => {
  const exact = makeCells()
  let plain = 0
  for (let i = 0; i < 5_000_000; i++) {
    addExactly(exact, 0.1)
    plain += 0.1
  }
  const error = (value: number) => Math.abs(value - 5e5) / 5e5
  assert.ok(error(plain) > 1e-11, 'the sum is long enough for += to drift')
  assert.ok(error(exactSum(exact)) <= 1e-14)
})

test('M8: sums of all kinds keep what a large value would swallow', () => {
  const metrics = [sum('a.v'), summary('a.w', { measurement: 'v' }), distribution('a.x', { measurement: 'v' })]
  const clock = manualClock()
  const store = createStore({ metrics, clock })
  store.recorder('a')?.({ v: 1e16 }, {})
  for (let i = 0; i < 1_000; i++) store.recorder('a')?.({ v: 1 }, {})
  const distributionValue = store.get('a.x')?.value
  assert.is(store.get('a.v')?.value, 1e16 + 1_000)
  assert.is(summaryOf(store, 'a.w').sum, 1e16 + 1_000)
  assert.ok(
    distributionValue !== undefined && isDistribution(distributionValue) && distributionValue.sum === 1e16 + 1_000,
  )
  clock.advance(100_000)
  store.recorder('a')?.({ v: 1 }, {})
  assert.is(summaryOf(store, 'a.w').lifetimeSum, 1e16 + 1_001)
})

test('M9: with labels that come and go the live series stay at those in use', () => {
  const clock = manualClock()
  const store = createStore({
    metrics: [counter('a.n', { tags: ['pid'] }), summary('a.v', { tags: ['pid'] })],
    clock,
    expireMs: 60_000,
  })
  for (let minute = 0; minute < 200; minute++) {
    for (let i = 0; i < 100; i++) store.recorder('a')?.({ v: 1 }, { pid: `${minute}-${i}` })
    clock.advance(61_000)
    store.collect()
    assert.is(store.stats().series, 0)
  }
  assert.is(store.stats().expired, 40_000)
  assert.is(store.stats().overflowed, 0)
})

test('a cumulative value never falls, and the deltas add up to it', () => {
  const steps = fc.array(
    fc.record({
      v: fc.double({ min: 0, max: 1e6, noNaN: true }),
      read: fc.boolean(),
      ms: fc.integer({ min: 0, max: 30_000 }),
    }),
    {
      maxLength: 60,
    },
  )
  fc.assert(
    fc.property(steps, (all) => {
      const clock = manualClock()
      const metrics = [
        counter('a.n'),
        sum('a.v'),
        distribution('a.d', { measurement: 'v' }),
        summary('a.s', { measurement: 'v' }),
      ]
      const store = createStore({ metrics, clock })
      const reader = store.deltas()
      let [count, total, lifetime, bucketed] = [0, 0, 0, 0]
      let before = 0
      const take = () => {
        for (const { definition, points } of reader.collect()) {
          const value = points[0]?.value
          if (definition.name === 'a.n') count += Number(value ?? 0)
          if (definition.name === 'a.v') total += Number(value ?? 0)
          if (value !== undefined && isDistribution(value)) bucketed += value.counts.reduce((a, b) => a + b, 0)
          if (value !== undefined && isSummary(value)) lifetime += value.lifetimeCount
        }
        const now = Number(store.get('a.v')?.value ?? 0)
        assert.ok(now >= before)
        before = now
      }
      for (const { v, read, ms } of all) {
        store.recorder('a')?.({ v }, {})
        clock.advance(ms)
        if (read) take()
      }
      take()
      assert.equal([count, lifetime, bucketed], [all.length, all.length, all.length])
      assert.ok(Math.abs(total - before) <= 1e-9 * Math.max(1, before))
    }),
  )
})

test.run()
