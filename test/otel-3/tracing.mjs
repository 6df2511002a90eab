/** Operations as spans of the 3.x line: ids, parents, contexts both ways, sampling, and the official exporter into the strict receiver. */
import assert from 'node:assert/strict'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createBus } from 'sonde'
import { withCorrelation } from 'sonde/context'
import { attachTracing, idGenerator } from 'sonde/handlers/tracing'
import { instrumentHttp } from 'sonde/interop'
import { startHttpReceiver } from '../handlers/otlp/receiver.ts'

/** A traced bus with or without our ids and OpenTelemetry's contexts. */
function traced({ ids, manager, ratio = 1 }) {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    ...(ids && { idGenerator }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  })
  if (manager) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const bus = createBus()
  const tracing = attachTracing(bus, { tracerProvider: provider, ratio })
  const starts = new Map()
  bus.attach('starts', '*.start', (event, _measurements, metadata) => void starts.set(event.split('.')[0], metadata))
  const end = () => {
    tracing.detach()
    tracing.ledger.assertConserved()
    context.disable()
  }
  const spans = () => new Map(exporter.getFinishedSpans().map((span) => [span.name, span]))
  return { bus, provider, tracing, starts, spans, end }
}

const idOf = (span) => span.spanContext().spanId
const parentOf = (span) => span.parentSpanContext?.spanId

export async function checkTracing(check) {
  for (const ids of [true, false]) {
    for (const manager of [true, false]) {
      await check(`tracing: the tree of operations, ids ${ids}, manager ${manager}`, async () => {
        const { bus, provider, starts, spans, end } = traced({ ids, manager })
        await withCorrelation('job-1', () =>
          bus.span('outer', { customer: 'Ada' }, async () => {
            await new Promise((resolve) => setImmediate(resolve))
            bus.span('inner', {}, () => {})
            const fails = () => {
              throw new RangeError('no')
            }
            assert.throws(() => bus.span('failing', {}, fails), /no/)
            if (manager)
              provider.getTracer('theirs').startActiveSpan('theirs', (span) => {
                bus.span('within', {}, () => {})
                span.end()
              })
          }),
        )
        end()
        const found = spans()
        const outer = found.get('outer')
        for (const name of ['inner', 'failing']) assert.equal(parentOf(found.get(name)), idOf(outer))
        assert.equal(found.get('failing').status.code, SpanStatusCode.ERROR)
        assert.equal(found.get('failing').events[0].attributes['exception.type'], 'RangeError')
        assert.equal(outer.attributes.customer, 'Ada')
        assert.equal(outer.attributes.correlation_id, 'job-1')
        for (const [name, metadata] of starts) {
          if (ids) assert.equal(idOf(found.get(name)), metadata.span_id)
          else assert.equal(found.get(name).attributes['sonde.span_id'], metadata.span_id)
        }
        if (!manager) return
        assert.equal(parentOf(found.get('theirs')), idOf(outer))
        assert.equal(parentOf(found.get('within')), idOf(found.get('theirs')))
      })
    }
  }

  await check('tracing: what is left out has no spans, its exceptions do', () => {
    const { bus, spans, end } = traced({ ids: true, manager: true, ratio: 0 })
    const fails = () =>
      bus.span('inner', {}, () => {
        assert.equal(trace.getActiveSpan().spanContext().traceFlags & 1, 0)
        throw new Error('no')
      })
    assert.throws(() => bus.span('outer', {}, fails), /no/)
    bus.span('fine', {}, () => {})
    end()
    assert.deepEqual([...spans().keys()], ['inner', 'outer'])
    assert.equal(parentOf(spans().get('inner')), idOf(spans().get('outer')))
  })

  for (const manager of [true, false]) {
    await check(`tracing: the official exporter sends, and its requests are no spans, manager ${manager}`, async () => {
      const receiver = await startHttpReceiver()
      if (manager) context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
      const exporter = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` })
      const resource = {
        attributes: { 'service.name': 'shop' },
        merge: () => resource,
        getRawAttributes: () => [['service.name', 'shop']],
      }
      const provider = new TracerProvider({
        idGenerator,
        resource,
        spanProcessors: [new BatchSpanProcessor({ exporter })],
      })
      const bus = createBus()
      const detach = instrumentHttp(bus, { server: false })
      const tracing = attachTracing(bus, { tracerProvider: provider })
      bus.startSpan('http.server.request', { method: 'GET', route: '/users/:id' }).stop({}, { status_code: 200 })
      await bus.flush()
      await bus.flush()
      detach()
      tracing.detach()
      await provider.shutdown()
      await receiver.close()
      context.disable()
      assert.deepEqual(receiver.problems, [])
      assert.deepEqual(
        receiver.streams.spans.map(({ name, kind }) => [name, kind]),
        [['GET /users/:id', SpanKind.SERVER + 1]],
      )
    })
  }
}
