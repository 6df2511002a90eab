import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtoExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { createBus } from 'sonde'
import { attachOtlp } from 'sonde/handlers/otlp'
import { captureEvents, manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { suite } from '../../../harness/suite.ts'
import { shop } from '../readings.ts'
import { startGrpcReceiver, startHttpReceiver } from '../receiver.ts'

const test = suite('handlers/otlp and the exporters of OpenTelemetry', { limitMs: 30_000 })

const exporters = [
  ['http/json', startHttpReceiver, (url: string) => new JsonExporter({ url: `${url}/v1/metrics` })],
  ['http/protobuf', startHttpReceiver, (url: string) => new ProtoExporter({ url: `${url}/v1/metrics` })],
  ['grpc', startGrpcReceiver, (url: string) => new GrpcExporter({ url })],
] as const

const sold = 'shop.sold.count{env=test,item=tea,service=shop}'

for (const [protocol, start, make] of exporters) {
  for (const temporality of ['cumulative', 'delta'] as const) {
    test(`${protocol}: the SDK's reader and exporter send what the producer has, ${temporality}`, async () => {
      const receiver = await start({ lenient: true })
      const { store, sell } = shop()
      const exporter = make(receiver.url)
      const reader = new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: 3_600_000,
        metricProducers: [store.producer({ temporality })],
      })
      const provider = new MeterProvider({ readers: [reader] })
      for (let round = 0; round < 3; round++) {
        sell(5)
        sell(50)
        await provider.forceFlush()
      }
      await provider.shutdown()
      assert.equal(receiver.problems, [])
      assert.is(receiver.streams.totals.get(sold), 6)
      assert.is(receiver.streams.totals.get('shop.sold.price{env=test,item=tea,service=shop}'), 6)
      assert.equal(receiver.problems, [])
      assert.ok(receiver.requests.every((request) => request.protocol === protocol))
      await receiver.close()
    })
  }

  test(`${protocol}: brought as 'exporter', its failures are events, status and books`, async () => {
    let bad = true
    const receiver = await start({ lenient: true, reply: () => (bad ? { status: 400, code: 3 } : {}) })
    const bus = createBus()
    const { events } = captureEvents(bus, 'telemetry.sink.**')
    const { store, sell } = shop()
    const exporter = make(receiver.url)
    const otlp = attachOtlp(bus, { store, exporter, environment: {}, resource: { 'service.name': 'mine' } })
    sell(5)
    await otlp.flush()
    assert.is(otlp.status().state, 'degraded')
    assert.ok((otlp.ledgers.metrics?.snapshot().dropped.permanent ?? 0) > 5)
    assert.is(events.at(-1)?.event, 'telemetry.sink.dropped')
    assert.not.match(JSON.stringify(events), /127\.0\.0\.1/)
    bad = false
    sell(5)
    await otlp.flush()
    assert.is(otlp.status().state, 'ok')
    assert.is(receiver.streams.totals.get(sold), 2)
    assert.match(JSON.stringify(receiver.requests.at(-1)?.message), /"mine"/)
    assert.equal(receiver.problems, [])
    otlp.detach()
    otlp.ledgers.metrics?.assertConserved()
    await exporter.shutdown()
    await receiver.close()
  })
}

/** An exporter that does with each export what `exportOne` does. */
function exporterOf(exportOne: PushMetricExporter['export']): PushMetricExporter {
  return { export: exportOne, forceFlush: async () => {}, shutdown: async () => {} }
}

test('an exporter that throws, fails or never reports loses nothing', async () => {
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  const { events } = captureEvents(bus, 'telemetry.sink.export.*')
  const { store, sell } = shop(clock)
  let n = 0
  const seen: unknown[] = []
  const exporter = exporterOf((metrics, done) => {
    seen.push(metrics)
    if (++n === 1) throw new Error('broken')
    if (n === 2) return
    done(n === 3 ? { code: 1, error: new Error('down') } : { code: 0 })
  })
  const otlp = attachOtlp(bus, { store, exporter, environment: {}, intervalMs: 1_000 })
  sell(1)
  for (let second = 0; second < 300 && (otlp.ledgers.metrics?.snapshot().delivered ?? 0) === 0; second++) {
    clock.advance(1_000)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  assert.is(n, 4)
  assert.is(new Set(seen).size, 1)
  assert.equal(
    events.filter(({ event }) => !event.endsWith('start')).map(({ event }) => event.split('.').at(-1)),
    ['exception', 'exception', 'exception', 'stop'],
  )
  otlp.detach()
  otlp.ledgers.metrics?.assertConserved()
  assert.is(clock.pending, 0)
})

test('the exporter’s own choice of temporality is taken when no other is made', async () => {
  const choose = async (own: object, exporterWants: number) => {
    const bus = createBus()
    const { store, sell } = shop()
    const seen: number[] = []
    const exporter: PushMetricExporter = {
      ...exporterOf(({ scopeMetrics }, done) => {
        seen.push(scopeMetrics[0]?.metrics[0]?.aggregationTemporality ?? -1)
        done({ code: 0 })
      }),
      selectAggregationTemporality: () => exporterWants,
    }
    const otlp = attachOtlp(bus, { store, exporter, environment: {}, ...own })
    sell(1)
    await otlp.flush()
    otlp.detach()
    return seen[0]
  }
  assert.is(await choose({}, 0), 0)
  assert.is(await choose({}, 1), 1)
  assert.is(await choose({ temporality: 'delta' }, 1), 0)
})

test.run()
