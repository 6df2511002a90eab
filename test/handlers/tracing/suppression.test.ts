import { once } from 'node:events'
import { request } from 'node:http'
import { context, createContextKey } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createBus } from 'sonde'
import { attachTracing } from 'sonde/handlers/tracing'
import { instrumentHttp } from 'sonde/interop'
import { captureEvents } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { type Loopback, serve, until } from '../../interop/loopback.ts'
import { keepContexts, tearDown, traced } from './set-up.ts'

/** The exporter's own requests, and whatever else runs where nothing is to be traced. */
const test = suite('handlers/tracing: suppression', { limitMs: 20_000 })

test.after.each(tearDown)

const OPERATIONS = 3
/** Turns of the event loop after the last request: an export of an export would come within them. */
const TURNS = 200

/** A receiver that is busy at first, so that the exporter tries again by itself. */
async function receiver(busy: number): Promise<Loopback & { readonly taken: () => number }> {
  let requests = 0
  const server = await serve((incoming, response) => {
    incoming.resume().once('end', () => {
      requests++
      if (requests <= busy) response.writeHead(429, { 'retry-after': '0' })
      response.end()
    })
  })
  return Object.assign(server, { taken: () => requests })
}

const processors = {
  'one by one': (exporter: OTLPTraceExporter) => new SimpleSpanProcessor({ exporter }),
  'in batches': (exporter: OTLPTraceExporter) => new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1 }),
}

for (const [way, processor] of Object.entries(processors)) {
  for (const manager of [true, false]) {
    const where = `${way}, ${manager ? 'with' : 'without'} a context manager`
    test(`B5: requests of the official exporter, ${where}, are no spans and no events, though http is instrumented`, async () => {
      await using server = await receiver(1)
      const spanProcessor = processor(new OTLPTraceExporter({ url: `${server.url}/v1/traces` }))
      const provider = new TracerProvider({ spanProcessors: [spanProcessor] })
      if (manager) keepContexts()
      const bus = createBus()
      const tracing = attachTracing(bus, { tracerProvider: provider })
      const detach = instrumentHttp(bus, { server: false })
      using seen = captureEvents(bus, 'http.client.**')
      for (let i = 0; i < OPERATIONS; i++) bus.span('shop.pay', {}, () => {})
      // The first is refused.
      await until(() => server.taken() >= 2)
      await tracing.flush()
      for (let i = 0; i < TURNS; i++) await new Promise((resolve) => setImmediate(resolve))
      assert.ok(server.taken() <= OPERATIONS + 1, `${server.taken()} requests`)
      assert.equal(seen.events, [])
      assert.is(tracing.ledger.snapshot().accepted, OPERATIONS)
      assert.is(tracing.ledger.snapshot().dropped.invalid, 0)
      detach()
      tracing.detach()
      await provider.shutdown()
    })
  }
}

test('a request of the program itself is a span', async () => {
  await using server = await serve((_request, response) => void response.end())
  const { bus, spans } = traced()
  const detach = instrumentHttp(bus, { server: false })
  await once(request(server.url).end(), 'response').then(([response]) => response.resume())
  await until(() => spans.length === 1)
  assert.is(spans[0]?.name, 'GET')
  detach()
})

test('what runs where OpenTelemetry suppresses tracing has no span, whatever becomes of it', () => {
  const { bus, spans, tracing } = traced()
  const suppressed = context.active().setValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING'), true)
  const open = context.with(suppressed, () => {
    bus.span('fine', {}, () => bus.span('inner', {}, () => {}))
    bus.startSpan('failed', {}).exception(new Error('no'))
    bus.control({ sampling: [{ pattern: 'thin.start', rate: 0 }] })
    bus.startSpan('thin', {}).exception(new Error('no'))
    return bus.startSpan('outside', {})
  })
  open.exception(new Error('no'))
  assert.equal(spans, [])
  assert.is(tracing.ledger.snapshot().accepted, 0)
  bus.span('traced', {}, () => {})
  assert.is(spans.length, 1)
})

test.run()
