import * as assert from 'uvu/assert'
import { createStore } from '../../src/metrics/create-store.ts'
import { counter, distribution, lastValue, sum, summary } from '../../src/metrics/define.ts'
import { createExportReader } from '../../src/metrics/exported.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/exported')

function setUp() {
  const clock = manualClock(1_700_000_000_000)
  const store = createStore({
    clock,
    metrics: [
      counter('a.n', { tags: ['http_route'] }),
      sum('a.level', { monotonic: false, measurement: 'change' }),
      lastValue('a.depth', { measurement: 'size' }),
      distribution('a.duration', { unit: ['nanosecond', 'second'], buckets: [1] }),
      summary('a.latency', { measurement: 'duration', unit: ['nanosecond', 'second'] }),
    ],
  })
  const emit = () => store.recorder('a')?.({ size: 7, change: -2, duration: 2e9 }, { http_route: '/', trace_id: 't' })
  return { clock, store, emit }
}

test('every type is a sum, a gauge or a histogram; a summary is two sums and a gauge', () => {
  const { store, emit } = setUp()
  const read = createExportReader(store)
  assert.equal([...read()], [])
  emit()
  const shapes = [...read()].map(({ name, kind, unit, monotonic, points }) =>
    [name, kind, unit, monotonic, points.length].join(' '),
  )
  assert.equal(shapes, [
    'a.n sum  true 1',
    'a.level sum  false 1',
    'a.depth gauge  false 1',
    'a.duration histogram s false 1',
    'a.latency gauge s false 5',
    'a.latency.count sum 1 true 1',
    'a.latency.sum sum s true 1',
  ])
})

test('tags are named as the semantic conventions name them, and exemplars stay', () => {
  const { store, emit } = setUp()
  emit()
  const [count, , , duration] = createExportReader(store)()
  assert.equal(count?.points[0]?.tags, { 'http.route': '/' })
  assert.is(duration?.points[0]?.exemplar?.tags['trace_id'], 't')
})

test('each delta reader has a state of its own, and a sum that falls stays cumulative', () => {
  const { store, emit, clock } = setUp()
  const [one, other] = [
    createExportReader(store, { temporality: 'delta' }),
    createExportReader(store, { temporality: 'delta' }),
  ]
  emit()
  Array.from(one())
  clock.advance(1_000)
  emit()
  const read = (reader: typeof one) => {
    const [count, level] = [...reader()]
    return [count?.points[0]?.value, count?.temporality, level?.points[0]?.value, level?.temporality]
  }
  assert.equal(read(one), [1, 'delta', -4, 'cumulative'])
  assert.equal(read(other), [2, 'delta', -4, 'cumulative'])
})

test('a window that is empty has no quantiles, and its totals stay', () => {
  const { store, emit, clock } = setUp()
  emit()
  clock.advance(120_000)
  const names = [...createExportReader(store)()].map(({ name }) => name)
  assert.not(names.includes('a.latency'))
  assert.ok(names.includes('a.latency.count'))
})

test.run()
