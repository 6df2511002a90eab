import * as assert from 'uvu/assert'
import { TelemetryError } from '../../src/core/errors.ts'
import type { Measurements, Metadata } from '../../src/core/types.ts'
import { isDistribution, isSummary } from '../../src/metrics/data.ts'
import { counter, distribution, lastValue, sum, summary } from '../../src/metrics/define.ts'
import { suite } from '../harness/suite.ts'
import { setUp } from './set-up.ts'

const test = suite('metrics/create-store')

test('counter counts events whatever the measurement, sum adds, lastValue keeps the latest', () => {
  const { store, emit } = setUp([counter('job.done.count'), sum('job.done.size'), lastValue('job.done.left')])
  emit('job.done', { size: 2, left: 9 })
  emit('job.done', { size: 3.5, left: -7 })
  assert.is(store.get('job.done.count')?.value, 2)
  assert.is(store.get('job.done.size')?.value, 5.5)
  assert.is(store.get('job.done.left')?.value, -7)
})

test('distribution bounds are inclusive, counts not cumulative and one more than bounds', () => {
  const cases: [number[], number[], number, number][] = [
    [[0.1], [1, 0, 0, 0], 1, 0.1],
    [[2, 3.1], [0, 1, 0, 1], 2, 5.1],
    [[4, 5], [0, 0, 0, 2], 2, 9],
    [[1, 2, 3, -1], [2, 1, 1, 0], 4, 5],
  ]
  for (const [values, counts, count, total] of cases) {
    const { store, emit } = setUp([distribution('a.b', { buckets: [1, 2, 3] })])
    for (const value of values) emit('a', { b: value })
    const value = store.get('a.b')?.value
    assert.ok(value !== undefined && isDistribution(value))
    if (value === undefined || !isDistribution(value)) continue
    assert.equal([value.bounds, value.counts, value.count, value.sum], [[1, 2, 3], counts, count, total])
    assert.equal([value.min, value.max], [Math.min(...values), Math.max(...values)])
  }
})

test('a distribution with many bounds finds the bucket that a walk finds', () => {
  const buckets = Array.from({ length: 100 }, (_, i) => i * 2)
  const { store, emit } = setUp([distribution('a.b', { buckets })])
  for (let value = -1; value <= 200; value++) emit('a', { b: value })
  const value = store.get('a.b')?.value
  assert.ok(value !== undefined && isDistribution(value) && value.counts.every((count) => count === 2))
})

test('values are converted to the unit of the definition', () => {
  const { store, emit } = setUp([
    sum('a.duration', { unit: ['nanosecond', 'second'] }),
    sum('a.size', { unit: ['kilobyte', 'byte'] }),
  ])
  emit('a', { duration: 1_500_000_000, size: 2 })
  assert.is(store.get('a.duration')?.value, 1.5)
  assert.is(store.get('a.size')?.value, 2_000)
})

test('a measurement function gets measurements and metadata', () => {
  const { store, emit } = setUp([sum('a.b', { measurement: (m, d) => Number(m['x']) * Number(d['y']) })])
  emit('a', { x: 2 }, { y: 3 })
  assert.is(store.get('a.b')?.value, 6)
})

test('a tags function gives any tags, and tagValues what tags are read from', () => {
  const { store, emit } = setUp([
    counter('a.b', { tags: ({ path }) => ({ area: String(path).split('/')[1] }) }),
    counter('a.c', { tags: ['code_class'], tagValues: ({ code }) => ({ code_class: `${String(code)[0]}xx` }) }),
  ])
  emit('a', {}, { path: '/shop/1', code: 404 })
  assert.is(store.get('a.b', { area: 'shop' })?.value, 1)
  assert.is(store.get('a.c', { code_class: '4xx' })?.value, 1)
})

test('keep sees the metadata as emitted, and what it refuses is no fault', () => {
  const keep = (metadata: Metadata, measurements: Measurements) =>
    metadata['path'] !== '/health' && measurements['b'] !== 0
  const { store, emit, reports } = setUp([sum('a.b', { keep, tagValues: () => ({ path: '/health' }), tags: ['path'] })])
  emit('a', { b: 1 }, { path: '/' })
  emit('a', { b: 0 }, { path: '/' })
  emit('a', {}, { path: '/health' })
  assert.is(store.get('a.b', { path: '/health' })?.value, 1)
  assert.is(store.stats().invalid, 0)
  assert.is(reports.length, 0)
})

test('one metric may listen to several events and patterns', () => {
  const { store, emit } = setUp([counter('all', { event: ['a.stop', 'b.*', 'c.**'] })])
  for (const event of ['a.stop', 'b.x', 'c.x.y', 'b.x.y', 'a.start', 'c']) emit(event, {})
  assert.is(store.get('all')?.value, 3)
})

test('the weight of a sampled event scales counters, sums, buckets and window counts, and not gauges', () => {
  const { store, emit } = setUp([
    counter('a.count'),
    sum('a.size'),
    lastValue('a.level', { measurement: 'size' }),
    distribution('a.sizes', { measurement: 'size', buckets: [1, 10] }),
    summary('a.window', { measurement: 'size' }),
  ])
  emit('a', { size: 5, sample_weight: 10 })
  emit('a', { size: 7 })
  assert.equal([store.get('a.count')?.value, store.get('a.size')?.value, store.get('a.level')?.value], [11, 57, 7])
  const sizes = store.get('a.sizes')?.value
  assert.ok(sizes !== undefined && isDistribution(sizes))
  if (sizes !== undefined && isDistribution(sizes))
    assert.equal([sizes.counts, sizes.count, sizes.sum], [[0, 11, 0], 11, 57])
  const window = store.get('a.window')?.value
  if (window !== undefined && isSummary(window))
    assert.equal([window.count, window.sum, window.lifetimeCount], [11, 57, 11])
})

test('a weight that cannot be one counts as 1', () => {
  const { store, emit } = setUp([counter('a.b')])
  for (const sample_weight of [0, -5, Number.NaN, Number.POSITIVE_INFINITY, '9', 1e300]) emit('a', { sample_weight })
  assert.is(store.get('a.b')?.value, 6)
})

test('a metric whose functions throw stops no other, whichever comes first', () => {
  const broken = () => {
    throw new Error('no')
  }
  const { store, emit, reports } = setUp([
    counter('a.1', { tags: broken }),
    counter('a.2', { keep: broken }),
    sum('a.3', { measurement: broken }),
    counter('a.4', { tagValues: broken }),
    counter('a.5'),
  ])
  emit('a', {})
  assert.is(store.get('a.5')?.value, 1)
  assert.equal(
    reports.map(({ metadata }) => [metadata['metric'], metadata['reason']]),
    ['a.1', 'a.2', 'a.3', 'a.4'].map((metric) => [metric, 'exception']),
  )
})

test('measurements and metadata that throw when read are contained', () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('no')
      },
    },
  )
  const { store, emit } = setUp([counter('a.b', { tags: ['x'] })])
  emit('a', hostile, {})
  emit('a', {}, hostile)
  emit('a', {}, { x: 1 })
  assert.is(store.get('a.b', { x: 1 })?.value, 1)
})

test('a tags function that returns no object is counted', () => {
  const { store, emit, reports } = setUp([counter('a.b', { tags: (() => 'x') as never })])
  emit('a', {})
  assert.is(reports[0]?.metadata['reason'], 'invalid_tags')
  assert.is(store.collect()[0]?.points.length, 0)
})

test('an exemplar is the latest value of a distribution that has a trace', () => {
  const { store, emit } = setUp([distribution('a.b', { buckets: [1, 2] }), sum('a.c', { measurement: 'b' })])
  emit('a', { b: 1 }, { trace_id: 'f'.repeat(32), span_id: 'e'.repeat(16) })
  emit('a', { b: 2 }, {})
  assert.equal(store.get('a.b')?.exemplar, {
    value: 1,
    tags: { trace_id: 'f'.repeat(32), span_id: 'e'.repeat(16) },
    time: 1_000_000,
  })
  assert.is(store.get('a.c')?.exemplar, undefined)
})

test('a correlation alone makes an exemplar, a span alone does not, and what no format can print is not kept', () => {
  const { store, emit } = setUp([distribution('a.b', { buckets: [1, 2] })])
  const tags = () => store.get('a.b')?.exemplar?.tags
  emit('a', { b: 1 }, { span_id: 'e'.repeat(16) })
  assert.is(tags(), undefined)
  emit('a', { b: 1 }, { correlation_id: 'order-7' })
  assert.equal(tags(), { correlation_id: 'order-7' })
  emit('a', { b: 1 }, { correlation_id: 'order-8', span_id: 's', trace_id: 't' })
  assert.equal(Object.entries(tags() ?? {}), [
    ['trace_id', 't'],
    ['span_id', 's'],
    ['correlation_id', 'order-8'],
  ])
  for (const bad of ['x'.repeat(129), 7, null, {}]) emit('a', { b: 1 }, { trace_id: bad, correlation_id: bad })
  assert.is(tags()?.['correlation_id'], 'order-8')
  emit('a', { b: 1 }, { trace_id: 'x'.repeat(129), correlation_id: 'order-9' })
  assert.equal(tags(), { correlation_id: 'order-9' })
})

test('a snapshot survives JSON and holds every metric', () => {
  const { store, emit } = setUp([summary('a.b', { unit: 'byte', description: 'Sizes.' }), counter('a.c')])
  emit('a', { b: 3 })
  const snapshot = JSON.parse(JSON.stringify(store.snapshot()))
  assert.is(snapshot.time, 1_000_000)
  assert.is(snapshot.metrics[0].points[0].value.p99, 3)
  assert.equal(
    [snapshot.metrics[0].unit, snapshot.metrics[0].description, snapshot.metrics[1].type],
    ['byte', 'Sizes.', 'counter'],
  )
})

test('points are read one by one, and a series that died meanwhile is left out', () => {
  const { store, emit } = setUp([counter('a.b', { tags: ['n'] })])
  for (let n = 0; n < 3; n++) emit('a', {}, { n })
  const points = store.points('a.b')
  assert.is(points.next().value?.tags['n'], '0')
  store.prune({ n: 1 })
  assert.equal(
    [...points].map(({ tags }) => tags['n']),
    ['2'],
  )
  assert.equal([...store.points('unknown')], [])
})

test('unknown metrics are undefined to get and an error to bind', () => {
  const { store } = setUp([counter('a.b')])
  assert.is(store.get('x.y'), undefined)
  assert.throws(
    () => store.bind('x.y'),
    (error: unknown) => error instanceof TelemetryError && error.code === 'invalid_metric',
  )
})

test('window reads a summary alone, by the same tags as get', () => {
  const { store, emit } = setUp([summary('job.done.duration', { tags: ['kind'] }), counter('job.done.count')])
  assert.is(store.window('job.done.duration', { kind: 'mail' }), undefined)
  emit('job.done', { duration: 7 }, { kind: 'mail' })
  assert.is(store.window('job.done.duration', { kind: 'mail' })?.p99, 7)
  assert.is(store.window('job.done.duration'), undefined)
  assert.is(store.window('job.done.count'), undefined)
  assert.is(store.window('x.y'), undefined)
})

test('two metrics of one name and bad limits are refused', () => {
  const code = (expected: string) => (error: unknown) => error instanceof TelemetryError && error.code === expected
  assert.throws(() => setUp([counter('a.b'), sum('a.b')]), code('invalid_metric'))
  assert.throws(() => setUp(['a.b' as never]), code('invalid_option'))
  for (const wrong of [
    { maxSeries: 0 },
    { maxSummarySeries: 1.5 },
    { maxSeriesTotal: Number.NaN },
    { expireMs: 0 },
    { globalTags: 'x' as never },
  ])
    assert.throws(() => setUp([], wrong), code('invalid_option'))
})

test.run()
