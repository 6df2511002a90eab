/**
 * The built package under the 3.x line of the OpenTelemetry SDK, which needs Node 22: its reader and its three exporters read
 * `store.producer()` and send to the strict receiver, and operations become its spans. Started by `run`; prints `N passed, N failed` last.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtoExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { createBus } from 'sonde'
import { attachOtlp } from 'sonde/handlers/otlp'
import { counter, createStore, distribution, lastValue, summary } from 'sonde/metrics'
import { startGrpcReceiver, startHttpReceiver } from '../handlers/otlp/receiver.ts'
import { checkTracing } from './tracing.mjs'

const exporters = {
  'http/json': [startHttpReceiver, (url) => new JsonExporter({ url: `${url}/v1/metrics` })],
  'http/protobuf': [startHttpReceiver, (url) => new ProtoExporter({ url: `${url}/v1/metrics` })],
  grpc: [startGrpcReceiver, (url) => new GrpcExporter({ url })],
}

let passed = 0
let failed = 0

async function check(name, run) {
  try {
    await run()
    passed++
    console.log(`ok    ${name}`)
  } catch (error) {
    failed++
    console.log(`FAIL  ${name}\n`, error)
  }
}

function shop() {
  const store = createStore({
    metrics: [
      counter('shop.sold.count', { tags: ['item'] }),
      lastValue('shop.sold.left'),
      distribution('shop.sold.price', { buckets: [1, 10] }),
      summary('shop.sold.duration'),
    ],
  })
  const sell = () => store.recorder('shop.sold')({ price: 5, left: 7, duration: 3 }, { item: 'tea' })
  return { store, sell }
}

/** The version of the package that `place` gets; its package.json is not exported. */
function versionFrom(place, name) {
  const [folder] = createRequire(place)
    .resolve(name)
    .split(/\/(?:build|dist)\//)
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')).version
}

await check('the package uses the SDK of the 3.x line', () => {
  const sonde = import.meta.resolve('sonde/metrics')
  assert.match(sonde, /otel-3\/node_modules\/sonde\//)
  assert.match(versionFrom(sonde, '@opentelemetry/sdk-metrics'), /^3\./)
  assert.match(versionFrom(import.meta.url, '@opentelemetry/api'), /^1\.10\./)
})

for (const [protocol, [start, makeExporter]] of Object.entries(exporters)) {
  for (const temporality of ['cumulative', 'delta']) {
    await check(`${protocol}: reader and exporter send what the producer has, ${temporality}`, async () => {
      const receiver = await start({ lenient: true })
      const { store, sell } = shop()
      const reader = new PeriodicExportingMetricReader({
        exporter: makeExporter(receiver.url),
        exportIntervalMillis: 3_600_000,
        metricProducers: [store.producer({ temporality })],
      })
      const provider = new MeterProvider({ readers: [reader] })
      for (let round = 0; round < 3; round++) {
        sell()
        await provider.forceFlush()
      }
      await provider.shutdown()
      await receiver.close()
      assert.deepEqual(receiver.problems, [])
      assert.equal(receiver.streams.totals.get('shop.sold.count{item=tea}'), 3)
      assert.equal(receiver.streams.totals.get('shop.sold.price{}'), 3)
      assert.equal(receiver.streams.totals.get('shop.sold.duration.count{}'), 3)
    })
  }

  await check(`${protocol}: the handler drives the exporter`, async () => {
    const receiver = await start({ lenient: true })
    const { store, sell } = shop()
    const exporter = makeExporter(receiver.url)
    const otlp = attachOtlp(createBus(), { store, exporter, environment: {} })
    sell()
    await otlp.flush()
    otlp.detach()
    await exporter.shutdown()
    await receiver.close()
    otlp.ledgers.metrics.assertConserved()
    assert.equal(otlp.status().state, 'ok')
    assert.deepEqual(receiver.problems, [])
    assert.equal(receiver.streams.totals.get('shop.sold.count{item=tea}'), 1)
  })
}

await checkTracing(check)

console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0
