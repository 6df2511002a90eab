import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import * as assert from 'uvu/assert'
import { createStore } from '../../src/metrics/create-store.ts'
import { counter, distribution, lastValue, sum, summary } from '../../src/metrics/define.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/producer')

function setUp() {
  const clock = manualClock(1_700_000_000_123)
  const store = createStore({
    clock,
    globalTags: { service: 'shop' },
    metrics: [
      counter('a.n', { tags: ['http_request_method'] }),
      sum('a.size', { unit: 'byte', description: 'Sizes.' }),
      sum('a.level', { monotonic: false, measurement: 'change' }),
      lastValue('a.depth', { measurement: 'size' }),
      distribution('a.duration', { unit: ['nanosecond', 'second'], buckets: [0.1, 1] }),
      summary('a.latency', { measurement: 'duration', unit: ['nanosecond', 'second'] }),
    ],
  })
  const emit = (duration: number) =>
    store.recorder('a')?.({ size: 7, change: -2, duration }, { http_request_method: 'GET' })
  return { clock, store, emit }
}

/** A real SDK that reads the producer and exports to memory. */
function collecting(store: ReturnType<typeof setUp>['store'], temporality: 'cumulative' | 'delta') {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
    metricProducers: [store.producer({ temporality })],
  })
  const provider = new MeterProvider({ readers: [reader] })
  const read = async (): Promise<Map<string, MetricData>> => {
    exporter.reset()
    await provider.forceFlush()
    const metrics = exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.filter(({ scope }) => scope.name === 'sonde'))
    return new Map(metrics.flatMap((scope) => scope.metrics).map((metric) => [metric.descriptor.name, metric]))
  }
  return { read, shutdown: () => provider.shutdown() }
}

test('the OpenTelemetry SDK reads every type, with UCUM units and attributes of the conventions', async () => {
  const { store, emit, clock } = setUp()
  for (const duration of [5e7, 2e8, 3e9]) emit(duration)
  clock.advance(1_000)
  const { read, shutdown } = collecting(store, 'cumulative')
  const metrics = await read()
  await shutdown()

  const count = metrics.get('a.n')
  assert.is(count?.dataPointType, DataPointType.SUM)
  if (count?.dataPointType !== DataPointType.SUM) return
  assert.equal([count.isMonotonic, count.aggregationTemporality], [true, AggregationTemporality.CUMULATIVE])
  assert.equal(count.dataPoints, [
    {
      startTime: [1_700_000_000, 123_000_000],
      endTime: [1_700_000_001, 123_000_000],
      attributes: { service: 'shop', 'http.request.method': 'GET' },
      value: 3,
    },
  ])
  const size = metrics.get('a.size')
  assert.equal([size?.descriptor.unit, size?.descriptor.description, size?.dataPoints[0]?.value], ['By', 'Sizes.', 21])
  const level = metrics.get('a.level')
  assert.ok(level?.dataPointType === DataPointType.SUM && !level.isMonotonic && level.dataPoints[0]?.value === -6)
  assert.ok(metrics.get('a.depth')?.dataPointType === DataPointType.GAUGE)
  const duration = metrics.get('a.duration')
  assert.is(duration?.descriptor.unit, 's')
  assert.equal(duration?.dataPoints[0]?.value, {
    buckets: { boundaries: [0.1, 1], counts: [1, 1, 1] },
    count: 3,
    sum: 3.25,
    min: 0.05,
    max: 3,
  })
})

test('a summary is read as quantile gauges of the window and sums since the start', async () => {
  const { store, emit, clock } = setUp()
  emit(2e9)
  const { read, shutdown } = collecting(store, 'cumulative')
  const quantiles = (await read()).get('a.latency')
  assert.equal(
    quantiles?.dataPoints.map(({ attributes, value }) => [attributes['quantile'], value]),
    ['0.5', '0.9', '0.95', '0.99', '0.999'].map((quantile) => [quantile, 2]),
  )
  clock.advance(100_000)
  const later = await read()
  await shutdown()
  assert.is(later.get('a.latency'), undefined)
  assert.equal(
    [later.get('a.latency.count')?.dataPoints[0]?.value, later.get('a.latency.sum')?.dataPoints[0]?.value],
    [1, 2],
  )
  assert.is(later.get('a.latency.sum')?.descriptor.unit, 's')
})

test('a delta producer tells differences that add up, each producer its own', async () => {
  const { store, emit, clock } = setUp()
  const [deltas, others] = [collecting(store, 'delta'), collecting(store, 'delta')]
  let total = 0
  for (let round = 1; round <= 3; round++) {
    for (let i = 0; i < round; i++) emit(1e9)
    clock.advance(1_000)
    const count = (await deltas.read()).get('a.n')
    assert.is(count?.aggregationTemporality, AggregationTemporality.DELTA)
    assert.is(count?.dataPoints[0]?.value, round)
    total += Number(count?.dataPoints[0]?.value)
  }
  assert.is((await others.read()).get('a.n')?.dataPoints[0]?.value, total)
  const quiet = await deltas.read()
  assert.is(quiet.get('a.n'), undefined)
  assert.is(quiet.get('a.duration'), undefined)
  assert.equal(
    [quiet.get('a.level')?.aggregationTemporality, quiet.get('a.level')?.dataPoints[0]?.value],
    [AggregationTemporality.CUMULATIVE, -12],
  )
  assert.is(quiet.get('a.depth')?.dataPoints[0]?.value, 7)
  for (const { shutdown } of [deltas, others]) await shutdown()
})

test('read without a provider it has a resource with the global tags', async () => {
  const { resourceMetrics } = await setUp().store.producer().collect()
  assert.equal(resourceMetrics.resource.attributes, { service: 'shop' })
  assert.equal(resourceMetrics.resource.merge(resourceMetrics.resource).attributes, { service: 'shop' })
})

test.run()
