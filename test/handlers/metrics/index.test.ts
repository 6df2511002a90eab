import { createBus } from 'sonde'
import { counter, distribution, isSummary, lastValue, sum, summary } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { attachMetrics } from '../../../handlers/metrics/index.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { testHandler } from '../../../src/testing/test-handler.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/metrics')

test('events are recorded into the store until it is detached, which may be repeated', () => {
  const bus = createBus({ clock: manualClock() })
  const { store, detach } = attachMetrics(bus, { metrics: [counter('a.count')] })
  bus.execute('a', {})
  detach()
  detach()
  bus.execute('a', {})
  assert.is(store.get('a.count')?.value, 1)
  assert.equal(bus.listHandlers(), [])
})

test('it is one handler on the bus, and several stores may be attached under ids of their own', () => {
  const bus = createBus({ clock: manualClock() })
  const metrics = [counter('a.x'), counter('a.y'), counter('z', { event: ['a', 'b.*'] })]
  const first = attachMetrics(bus, { metrics })
  assert.equal(
    bus.listHandlers().map(({ id, event }) => [id, event]),
    [
      ['metrics', 'a'],
      ['metrics', 'b.*'],
    ],
  )
  assert.throws(
    () => attachMetrics(bus, { metrics }),
    (error: { code?: string }) => error.code === 'handler_exists',
  )
  const second = attachMetrics(bus, { metrics, id: 'second' })
  bus.execute('a', {})
  assert.equal([first.store.get('a.x')?.value, second.store.get('z')?.value], [1, 1])
})

test('a span is timed on the clock of the bus into a rolling window', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  const { store } = attachMetrics(bus, {
    metrics: [summary('job.stop.duration', { tags: ['outcome'], unit: ['nanosecond', 'second'] })],
  })
  bus.span('job', {}, () => clock.advance(250))
  const value = store.get('job.stop.duration', { outcome: 'ok' })?.value
  assert.ok(value !== undefined && isSummary(value) && value.p99 === 0.25)
  clock.advance(60_000)
  const later = store.get('job.stop.duration', { outcome: 'ok' })?.value
  assert.ok(later !== undefined && isSummary(later) && later.count === 0 && later.lifetimeCount === 1)
})

test('a metric that throws is reported as an event, stops no other and never quarantines the handler', () => {
  const bus = createBus({ clock: manualClock() })
  const seen: unknown[] = []
  bus.attach('watch', 'telemetry.metrics.invalid', (_event, measurements, metadata) => {
    seen.push([measurements, metadata])
  })
  const broken = () => {
    throw new Error('no')
  }
  const { store, flush } = attachMetrics(bus, {
    metrics: [counter('a.bad', { tags: broken }), counter('a.good'), sum('a.size')],
  })
  for (let i = 0; i < 3; i++) bus.execute('a', { size: 'x' })
  void flush()
  assert.is(store.get('a.good')?.value, 3)
  assert.is(bus.stats().quarantined, 0)
  assert.equal(seen, [
    [{ count: 1 }, { metric: 'a.bad', reason: 'exception' }],
    [{ count: 1 }, { metric: 'a.size', reason: 'not_a_number' }],
    [{ count: 2 }, { metric: 'a.bad', reason: 'exception' }],
    [{ count: 2 }, { metric: 'a.size', reason: 'not_a_number' }],
  ])
})

test('metrics over everything, the reports of invalid values included, cannot run in a circle', () => {
  const bus = createBus({ clock: manualClock() })
  const { store } = attachMetrics(bus, {
    metrics: [
      sum('bad', { event: '**', measurement: 'missing' }),
      counter('reports', { event: 'telemetry.metrics.*' }),
    ],
  })
  for (let i = 0; i < 100; i++) bus.execute('a', {})
  assert.is(bus.stats().dropped, 0)
  assert.is(store.get('reports')?.value, 1)
})

test('the overflow of a metric is an event', () => {
  const bus = createBus({ clock: manualClock() })
  const seen: unknown[] = []
  bus.attach('watch', 'telemetry.metrics.overflow', (_event, measurements, metadata) => {
    seen.push(measurements, metadata)
  })
  attachMetrics(bus, { metrics: [counter('a.n', { tags: ['user'] })], maxSeries: 5 })
  for (let user = 0; user < 100; user++) bus.execute('a', {}, { user })
  assert.equal(seen, [{ series: 5 }, { metric: 'a.n', tag: 'user' }])
})

test('sampled events are weighed', () => {
  const bus = createBus({ clock: manualClock() })
  const { store } = attachMetrics(bus, { metrics: [counter('a.n')] })
  bus.control({ sampling: [{ pattern: 'a', rate: 0.25 }] })
  for (let i = 0; i < 40_000; i++) bus.execute('a', {})
  const estimate = Number(store.get('a.n')?.value)
  assert.ok(Math.abs(estimate - 40_000) < 2_000, `estimate ${estimate}`)
})

test('names without end that a pattern matches do not grow the handler', () => {
  const bus = createBus({ clock: manualClock() })
  const { store } = attachMetrics(bus, { metrics: [counter('n', { event: 'job.*' })] })
  for (let i = 0; i < 20_000; i++) bus.execute(`job.j${i}`, {})
  assert.is(store.get('n')?.value, 20_000)
})

test('no metrics is an empty store, and bad options throw before anything is attached', () => {
  const bus = createBus()
  assert.equal(attachMetrics(bus, { metrics: [] }).store.collect(), [])
  assert.throws(
    () => attachMetrics(bus, { metrics: [counter('a.b')], maxSeries: 0 }),
    (error: { code?: string }) => error.code === 'invalid_option',
  )
  assert.equal(bus.listHandlers(), [])
})

test('it behaves as a handler must, whatever the payload', () =>
  testHandler(attachMetrics, {
    options: {
      metrics: [
        counter('a.count', { tags: ['method', 'reason'] }),
        sum('a.size', { tags: (metadata) => metadata }),
        summary('a.duration', { tags: ['reason'] }),
        distribution('b', { event: 'b.**', measurement: 'duration', tags: ['method'] }),
        lastValue('c', { event: '*.stop', measurement: 'value' }),
      ],
    },
    invalid: [
      undefined,
      null,
      {},
      { metrics: 'a' },
      { metrics: [{}] },
      { metrics: [], maxSeries: -1 },
      { metrics: [counter('a.b')], id: '' },
    ],
  }))

test.run()
