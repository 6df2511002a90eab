import * as assert from 'uvu/assert'
import { isSummary } from '../../src/metrics/data.ts'
import { counter, distribution, sum, summary } from '../../src/metrics/define.ts'
import type { MetricStore } from '../../src/metrics/metric-store.ts'
import { suite } from '../harness/suite.ts'
import { setUp } from './set-up.ts'

const test = suite('metrics/store-encoding')

test('exported windows of several stores merge into the store of all their values, under added tags if wanted', () => {
  const metrics = [
    counter('a.count', { tags: ['m'] }),
    sum('a.size'),
    distribution('a.sizes', { measurement: 'size', buckets: [10, 100] }),
    summary('a.window', { measurement: 'size', tags: ['m'] }),
  ]
  const [one, two, all, target] = [setUp(metrics), setUp(metrics), setUp(metrics), setUp(metrics)]
  for (let i = 0; i < 200; i++) {
    const event = [{ size: i * 1.5 }, { m: i % 3 }] as const
    all.emit('a', ...event)
    ;(i % 2 ? one : two).emit('a', ...event)
  }
  for (const { store } of [one, two])
    assert.is(target.store.mergeWindows(JSON.parse(JSON.stringify(store.exportWindows()))), 8)
  const inOrder = (store: MetricStore) =>
    store.collect().map(({ points }) => [...points].sort((a, b) => Number(a.tags['m']) - Number(b.tags['m'])))
  assert.equal(inOrder(target.store), inOrder(all.store))

  const byNode = setUp(metrics)
  byNode.store.mergeWindows(one.store.exportWindows(), { node: 'n1' })
  assert.is(byNode.store.get('a.size', { node: 'n1' })?.value, one.store.get('a.size')?.value)
})

test('what is merged keeps its overflow and lifetime, and foreign or malformed series are left out', () => {
  const { store, emit, clock } = setUp([summary('a.b', { tags: ['n'] })], { maxSummarySeries: 1 })
  for (let n = 0; n < 3; n++) emit('a', { b: 1 }, { n })
  clock.advance(70_000)
  emit('a', { b: 4 }, { n: 0 })
  const target = setUp([summary('a.b', { tags: ['n'] })])
  assert.is(target.store.mergeWindows(store.exportWindows()), 2)
  const value = target.store.get('a.b', { n: 0 })?.value
  assert.ok(value !== undefined && isSummary(value))
  if (value !== undefined && isSummary(value))
    assert.equal([value.count, value.lifetimeCount, value.lifetimeSum], [1, 2, 5])
  assert.ok(target.store.get('a.b', { overflow: 'true' }))
  const bad = {
    version: 1,
    time: 0,
    metrics: [{ name: 'a.b', type: 'summary', series: [null, {}, { tags: {}, window: { histograms: ['x'] } }] }, null],
  }
  assert.not.throws(() => target.store.mergeWindows(bad as never))
  assert.is(setUp([counter('a.b')]).store.mergeWindows(store.exportWindows()), 0)
})

test.run()
