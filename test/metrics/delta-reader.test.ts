import * as assert from 'uvu/assert'
import { createStore } from '../../src/metrics/create-store.ts'
import { isDistribution, isSummary } from '../../src/metrics/data.ts'
import { counter, distribution, lastValue, sum, summary } from '../../src/metrics/define.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/delta-reader')

function setUp() {
  const clock = manualClock(1_000)
  const metrics = [
    counter('a.n', { tags: ['t'] }),
    sum('a.v', { monotonic: false }),
    lastValue('a.g', { measurement: 'v' }),
    distribution('a.d', { measurement: 'v', buckets: [1, 10] }),
    summary('a.s', { measurement: 'g' }),
  ]
  const store = createStore({ metrics, clock })
  const values = (reader = store.deltas()) => reader.collect().map(({ points }) => points.map(({ value }) => value))
  return { clock, store, values, record: (v: number, t = 'x') => store.recorder('a')?.({ v, g: Math.abs(v) }, { t }) }
}

test('a second reading tells only what was added, and nothing of what did not change', () => {
  const { store, record, values } = setUp()
  const reader = store.deltas()
  record(5)
  record(5, 'y')
  values(reader)
  record(-2)
  const [n, v, g, d, s] = values(reader)
  assert.equal([n, v, g], [[1], [-2], [-2]])
  const distributed = d?.[0]
  assert.ok(typeof distributed === 'object' && isDistribution(distributed))
  if (typeof distributed === 'object' && isDistribution(distributed))
    assert.equal(
      [distributed.counts, distributed.count, distributed.sum, distributed.min],
      [[1, 0, 0], 1, -2, undefined],
    )
  const window = s?.[0]
  if (typeof window === 'object' && isSummary(window))
    assert.equal([window.count, window.lifetimeCount, window.lifetimeSum], [3, 1, 2])
  assert.equal(values(reader), [[], [], [-2], [], []])
})

test('readers do not take from each other', () => {
  const { store, record, values } = setUp()
  const [one, two] = [store.deltas(), store.deltas()]
  record(1)
  assert.equal(values(one)[0], [1])
  record(1)
  assert.equal(values(one)[0], [1])
  assert.equal(values(two)[0], [2])
})

test('intervals abut: a delta begins when the one before ended', () => {
  const { store, record, clock } = setUp()
  const reader = store.deltas()
  record(1)
  clock.advance(5_000)
  const first = reader.collect()[0]?.points[0]
  clock.advance(5_000)
  record(1)
  const second = reader.collect()[0]?.points[0]
  assert.equal([first?.startTime, first?.time], [1_000, 6_000])
  assert.equal([second?.startTime, second?.time], [6_000, 11_000])
})

test('metric by metric a reader reads the same, and of a name that there is not nothing', () => {
  const { store, record } = setUp()
  const [whole, single] = [store.deltas(), store.deltas()]
  for (const value of [3, 5]) {
    record(value)
    const points = store.definitions.map((definition) => ({ definition, points: single.points(definition.name) }))
    assert.equal(points, whole.collect())
  }
  assert.equal(single.points('none'), [])
})

test('a series that expired and returned counts from 0', () => {
  const { store, record, clock, values } = setUp()
  const reader = store.deltas()
  for (let i = 0; i < 5; i++) record(1)
  values(reader)
  clock.advance(700_000)
  record(1)
  assert.equal(values(reader)[0], [1])
})

test.run()
