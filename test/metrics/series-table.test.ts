import * as assert from 'uvu/assert'
import { isSummary } from '../../src/metrics/data.ts'
import { counter, lastValue, sum, summary } from '../../src/metrics/define.ts'
import { suite } from '../harness/suite.ts'
import { setUp } from './set-up.ts'

const test = suite('metrics/series-table')

test('tags are read from metadata as strings, and a missing one is empty', () => {
  const { store, emit } = setUp([counter('a.b', { tags: ['method', 'status'] })])
  emit('a', {}, { method: 'GET', status: 200 })
  emit('a', {}, { method: 'GET', status: '200' })
  emit('a', {}, { method: 'GET', status: null })
  emit('a', {}, { method: 'GET' })
  assert.equal(store.get('a.b', { status: 200, method: 'GET' })?.tags, { method: 'GET', status: '200' })
  assert.is(store.get('a.b', { method: 'GET', status: '200' })?.value, 2)
  assert.equal(store.get('a.b', { method: 'GET' })?.tags, { method: 'GET', status: '' })
  assert.is(store.get('a.b', { method: 'GET', status: '' })?.value, 2)
})

test('values known by number, by string and after an expiry all lead to the same series', () => {
  const { store, emit, clock } = setUp([counter('a.b', { tags: ['n'] })], { expireMs: 1_000 })
  for (const n of [1, '1', 1, '1']) emit('a', {}, { n })
  assert.is(store.get('a.b', { n: 1 })?.value, 4)
  clock.advance(5_000)
  for (const n of ['1', 1]) emit('a', {}, { n })
  assert.is(store.get('a.b', { n: 1 })?.value, 2)
  assert.is(store.stats().series, 1)
})

test('inherited properties are no metadata', () => {
  const { store, emit } = setUp([counter('a.b', { tags: ['constructor', '__proto__'] })])
  emit('a', {}, {})
  assert.is(store.get('a.b', {})?.value, 1)
})

test('a metric without tags has one series, whatever metadata has under an empty key', () => {
  const { store, emit } = setUp([counter('a.b')])
  for (const key of [1, 2, undefined, {}]) emit('a', {}, { '': key })
  assert.is(store.get('a.b')?.value, 4)
  assert.is(store.stats().series, 1)
})

test('a series that returns after a pause into a full metric is recorded at its own time', () => {
  const { store, emit, clock } = setUp([summary('a.b', { tags: ['n'], windowMs: 6_000 })], {
    maxSummarySeries: 1,
    expireMs: 10_000,
  })
  for (const n of [1, 2]) emit('a', { b: 5 }, { n })
  clock.advance(9_000)
  emit('a', { b: 6 }, { n: 1 })
  emit('a', { b: 7 }, { n: 2 })
  const value = store.get('a.b', { overflow: 'true' })?.value
  assert.ok(value !== undefined && isSummary(value))
  if (value !== undefined && isSummary(value)) assert.equal([value.count, value.p50], [1, 7])
})

test("global tags are on every series and a metric's own tag wins", () => {
  const { store, emit } = setUp([counter('a.b', { tags: ['env'] }), counter('a.c')], {
    globalTags: { env: 'prod', service: 'shop' },
  })
  emit('a', {}, { env: 'test' })
  assert.equal(store.get('a.b', { env: 'test' })?.tags, { env: 'test', service: 'shop' })
  assert.equal(store.get('a.c')?.tags, { env: 'prod', service: 'shop' })
  emit('a', {}, {})
  assert.equal(store.get('a.b', {})?.tags, { env: 'prod', service: 'shop' })
  assert.equal(store.globalTags, { env: 'prod', service: 'shop' })
})

test('beyond its cap a metric counts in one overflow series, and one event names the tag that exploded', () => {
  const { store, emit, reports } = setUp([sum('a.b', { tags: ['method', 'user'] })], {
    maxSeries: 10,
    globalTags: { env: 'x' },
  })
  for (let i = 0; i < 1_000; i++) emit('a', { b: 2 }, { method: i % 2 ? 'GET' : 'PUT', user: `u${i}` })
  const points = store.collect()[0]?.points ?? []
  assert.is(points.length, 11)
  assert.is(
    points.reduce((total, { value }) => total + (typeof value === 'number' ? value : 0), 0),
    2_000,
  )
  assert.equal(points.at(-1)?.tags, { env: 'x', overflow: 'true' })
  assert.is(store.get('a.b', { overflow: 'true' })?.value, 1_980)
  assert.equal(reports, [
    { event: 'telemetry.metrics.overflow', measurements: { series: 10 }, metadata: { metric: 'a.b', tag: 'user' } },
  ])
  assert.is(store.stats().overflowed, 990)
  emit('a', { b: 2 }, { method: 'GET', user: 'u1' })
  assert.is(store.get('a.b', { method: 'GET', user: 'u1' })?.value, 4)
})

test('summaries have a cap of their own and all series together one', () => {
  const { store, emit } = setUp(
    [summary('a.b', { tags: ['n'] }), counter('a.c', { tags: ['n'] }), counter('a.d', { tags: ['n'] })],
    {
      maxSummarySeries: 2,
      maxSeries: 100,
      maxSeriesTotal: 7,
    },
  )
  for (let n = 0; n < 50; n++) emit('a', { b: 1 }, { n })
  assert.equal(
    store.collect().map(({ points }) => points.length),
    [3, 4, 3],
  )
  assert.is(store.stats().series, 7)
})

test('the present value is not counted in two series when room becomes free', () => {
  const { store, emit, clock } = setUp([counter('a.b', { tags: ['n'] })], { maxSeries: 2, expireMs: 10_000 })
  for (let n = 0; n < 4; n++) emit('a', {}, { n })
  clock.advance(11_000)
  emit('a', {}, { n: 9 })
  assert.is(store.get('a.b', { n: 9 })?.value, 1)
})

test('an idle series expires, and one that returns starts anew with a new start time', () => {
  const { store, emit, clock } = setUp([counter('a.b', { tags: ['n'] })])
  emit('a', {}, { n: 1 })
  emit('a', {}, { n: 2 })
  const first = store.get('a.b', { n: 1 })
  clock.advance(400_000)
  emit('a', {}, { n: 2 })
  clock.advance(200_001)
  assert.is(store.get('a.b', { n: 1 }), undefined)
  assert.is(store.get('a.b', { n: 2 })?.value, 2)
  assert.is(store.stats().expired, 1)
  emit('a', {}, { n: 1 })
  const again = store.get('a.b', { n: 1 })
  assert.is(again?.value, 1)
  assert.is((again?.startTime ?? 0) - (first?.startTime ?? 0), 600_001)
})

test('a bound series records, expires, and comes back with the next value', () => {
  const { store, clock } = setUp([summary('a.b', { tags: ['n', 'm'] }), counter('a.c')])
  const bound = store.bind('a.b', { n: 1 })
  assert.is(store.get('a.b', { n: 1 }), undefined)
  bound.record(5)
  const value = store.get('a.b', { n: '1', m: '' })?.value
  assert.ok(value !== undefined && isSummary(value) && value.p50 === 5)
  clock.advance(700_000)
  assert.is(store.get('a.b', { n: 1 }), undefined)
  bound.record(6, 700_000e6)
  assert.is(store.stats().series, 1)
  const count = store.bind('a.c')
  for (let i = 0; i < 3; i++) count.record(1)
  assert.is(store.get('a.c')?.value, 3)
})

test('a bound series counts invalid values and does not throw', () => {
  const { store, reports } = setUp([sum('a.b')])
  const bound = store.bind('a.b')
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -1, '5', 5n, undefined]) bound.record(value as never)
  bound.record(2)
  assert.is(store.get('a.b')?.value, 2)
  assert.is(store.stats().invalid, 6)
  assert.is(reports.length, 3)
})

test('prune forgets the series that match all tags, or a predicate', () => {
  const { store, emit } = setUp([counter('a.b', { tags: ['m', 'n'] }), lastValue('a.c', { tags: ['m'] })], {
    globalTags: { g: 1 },
  })
  for (const m of ['x', 'y']) for (const n of [1, 2]) emit('a', { c: 1 }, { m, n })
  assert.is(store.prune({ m: 'x', n: 1 }), 1)
  assert.is(store.prune({ m: 'x' }), 2)
  assert.is(
    store.prune((tags, name) => name === 'a.b' && tags['n'] === '2'),
    1,
  )
  assert.is(store.stats().series, 2)
  emit('a', { c: 1 }, { m: 'x', n: 1 })
  assert.is(store.get('a.b', { m: 'x', n: 1 })?.value, 1)
  assert.is(store.prune({ g: '1' }), 4)
})

test.run()
