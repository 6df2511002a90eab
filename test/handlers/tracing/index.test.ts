import { type Span, type Tracer, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createBus } from 'sonde'
import { newSpanId } from 'sonde/context'
import { attachTracing, type TracingOptions } from 'sonde/handlers/tracing'
import { captureEvents, manualClock, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { hostilePayloads } from '../../../src/testing/hostile.ts'
import { suite } from '../../harness/suite.ts'
import { tearDown, traced } from './set-up.ts'

const test = suite('handlers/tracing', { limitMs: 60_000 })

test.after.each(tearDown)

const nothing = () => {}

/** What can be copied of it. */
function withoutThrowing(metadata: object): object {
  try {
    return { ...metadata }
  } catch {
    return {}
  }
}

/** A provider that keeps what it is given. */
function memory() {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  return { provider, names: () => exporter.getFinishedSpans().map(({ name }) => name) }
}

const invalid: readonly unknown[] = [
  null,
  { tracer: {} },
  { tracerProvider: { getTracer: 'no' } },
  { tracer: trace.getTracer('a'), tracerProvider: memory().provider },
  { patterns: 'shop.**' },
  { patterns: [7] },
  { patterns: ['a.**.b'] },
  { patterns: [] },
  { ratio: 1.1 },
  { ratio: Number.NaN },
  { ratio: '0.5' },
  { spans: [] },
  { spans: { 'shop.pay': null } },
  { spans: { 'shop.pay': { kind: 'SERVER' } } },
  { spans: { 'shop.pay': { name: '' } } },
  { spans: { 'shop.pay': { attributes: { a: true } } } },
  { spans: { 'shop.pay': { set: 1 } } },
  { spans: { 'shop.pay': { colour: 'red' } } },
  { catalogs: [{}] },
  { rate: 0.5 },
  { id: '' },
]

/** Those of its events at one depth: there are many. */
const events = ['shop.pay.start', 'shop.pay.stop', 'shop.pay.exception']

test('behaves as a handler must, with an SDK', () =>
  testHandler(attachTracing, { options: { tracerProvider: memory().provider }, events, invalid }))

test('behaves as a handler must, without an SDK', () => testHandler(attachTracing, { options: {}, events }))

test('behaves as a handler must where everything is left out', () =>
  testHandler(attachTracing, { options: { tracerProvider: memory().provider, ratio: 0 }, events }))

test('does nothing without an SDK, and takes up the one that is registered later', () => {
  const bus = createBus()
  const tracing = attachTracing(bus)
  const before = bus.startSpan('before', {})
  bus.span('unseen', {}, nothing)
  const { provider, names } = memory()
  trace.setGlobalTracerProvider(provider)
  bus.span('seen', {}, nothing)
  assert.equal(names(), ['seen'])
  before.stop()
  assert.equal(tracing.ledger.snapshot().dropped.invalid, 1)
  trace.disable()
  bus.span('unseen', {}, nothing)
  assert.equal(names(), ['seen'])
  tracing.detach()
})

test('a tracer may be given instead of a provider', () => {
  const { provider, names } = memory()
  const { bus, tracing } = traced({ options: { tracer: provider.getTracer('mine') } })
  bus.span('shop.pay', {}, nothing)
  assert.equal(names(), ['shop.pay'])
  return tracing.flush()
})

test('flush has the provider send what it holds, also when the bus is flushed, and survives one that cannot', async () => {
  let flushed = 0
  const { provider } = memory()
  const flushing = (forceFlush: () => unknown) =>
    Object.assign(Object.create(provider), { getTracer: () => provider.getTracer('a'), forceFlush })
  const good = traced({ options: { tracerProvider: flushing(async () => void flushed++) } })
  await good.tracing.flush()
  await good.bus.flush()
  assert.is(flushed, 2)
  const rejecting = traced({ options: { tracerProvider: flushing(() => Promise.reject(new Error('no'))) } })
  await rejecting.tracing.flush()
  const throwing = traced({
    options: {
      tracerProvider: flushing(() => {
        throw new Error('no')
      }),
    },
  })
  await throwing.tracing.flush()
  trace.setGlobalTracerProvider(flushing(async () => void flushed++))
  await attachTracing(createBus()).flush()
  assert.is(flushed, 3)
})

test('detach ends what is open, as incomplete, and the end that comes later is nobody’s', () => {
  const { bus, tracing, spans } = traced()
  const span = bus.startSpan('shop.pay', {})
  tracing.detach()
  assert.is(spans[0]?.attributes['sonde.incomplete'], 'shutdown')
  assert.equal(tracing.ledger.snapshot().dropped.shutdown, 1)
  span.stop()
  assert.is(spans.length, 1)
})

test('closing the bus detaches, and sends what was open too', async () => {
  const sent: number[] = []
  const { provider, names } = memory()
  const flushing = { getTracer: () => provider.getTracer('a'), forceFlush: async () => void sent.push(names().length) }
  const { bus, tracing } = traced({ options: { tracerProvider: flushing } })
  bus.startSpan('shop.pay', {})
  await bus.close()
  assert.is(sent.at(-1), 1)
  assert.is(tracing.ledger.snapshot().in_flight, 0)
})

test('beyond 10,000 that are open the oldest is ended, and told as dropped', () => {
  const clock = manualClock(1_700_000_000_000)
  const { bus, tracing, spans, events } = traced({ bus: createBus({ clock }) })
  const open = Array.from({ length: 10_002 }, () => bus.startSpan('shop.pay', {}))
  assert.equal(
    spans.map(({ attributes }) => attributes['sonde.incomplete']),
    ['overflow', 'overflow'],
  )
  assert.equal(
    spans.map((span) => span.spanContext().spanId),
    open.slice(0, 2).map(({ id }) => id),
  )
  clock.advance(1_000)
  const drops = events.filter(({ event }) => event === 'telemetry.sink.dropped')
  assert.equal(
    drops.map(({ measurements, metadata }) => [measurements['count'], metadata['sink'], metadata['reason']]),
    [
      [1, 'tracing', 'overflow'],
      [1, 'tracing', 'overflow'],
    ],
  )
  tracing.ledger.assertConserved()
  assert.is(tracing.ledger.snapshot().in_flight, 10_000)
  for (const span of open) span.stop()
  // The ends of the first two find no span.
  assert.equal(tracing.ledger.snapshot().dropped.invalid, 2)
  assert.is(spans.length, 10_002)
})

test('ends without a start, second starts and second ends are counted, and change nothing', () => {
  const { bus, tracing, spans } = traced()
  const span_id = newSpanId()
  const tell = (last: string) => bus.execute(`shop.pay.${last}`, { duration: 1 }, { span_id, outcome: 'ok' })
  tell('stop')
  tell('start')
  tell('start')
  tell('stop')
  tell('stop')
  tell('exception')
  assert.is(spans.length, 1)
  assert.equal(tracing.ledger.snapshot().dropped.invalid, 4)
  bus.execute('shop.pay.start', {}, { span_id: 'no id' })
  bus.execute('shop.pay.exception', {}, { span_id: 'no id' })
  assert.equal(tracing.ledger.snapshot().dropped.invalid, 6)
})

test('events that are called like those of an operation, and are none, are left alone', () => {
  const { bus, tracing, spans } = traced()
  bus.execute('server.start', { port: 80 })
  bus.execute('server.stop', {}, { reason: 'asked' })
  assert.equal(spans, [])
  assert.is(tracing.ledger.snapshot().accepted, 0)
})

test('a tracer that throws, and spans that do, cost their spans alone', () => {
  const fail = (): never => {
    throw new Error('hostile')
  }
  const broken: Partial<Record<keyof Span, () => never>> = { setAttributes: fail, end: fail }
  const { provider } = memory()
  const tracers: Partial<Tracer>[] = [
    { startSpan: fail },
    // The casts: hostile implementations.
    { startSpan: () => undefined as unknown as Span },
    { startSpan: (name) => Object.assign(provider.getTracer('a').startSpan(name), broken) },
  ]
  for (const tracer of tracers) {
    const { bus, tracing } = traced({ options: { tracer: tracer as Tracer } })
    assert.is(
      bus.span('shop.pay', {}, () => 42),
      42,
    )
    bus.startSpan('shop.pay', {}).exception(new Error('no'))
    bus.startSpan('shop.pay', {})
    tracing.detach()
    assert.is(bus.stats().failures, 0)
    assert.is(tracing.ledger.snapshot().delivered, 0)
    tracing.ledger.assertConserved()
    tearDown()
  }
})

test('a provider that throws costs its spans, and the operations nothing', () => {
  const getTracer = (): never => {
    throw new Error('hostile')
  }
  const { bus, tracing } = traced({ options: { tracerProvider: { getTracer } } })
  assert.is(
    bus.span('shop.pay', {}, () => 42),
    42,
  )
  assert.is(bus.stats().failures, 0)
  assert.ok(tracing.ledger.snapshot().dropped.invalid > 0)
})

test('whatever an operation is told of, it has its span', () => {
  const { bus, tracing, spans } = traced()
  const payloads = hostilePayloads()
  for (const { measurements, metadata } of payloads) {
    const span_id = newSpanId()
    bus.startSpan('shop.pay', metadata).stop(measurements, metadata)
    bus.execute('shop.pay.start', measurements, { ...withoutThrowing(metadata), span_id })
    bus.execute('shop.pay.exception', measurements, {
      span_id,
      reason: metadata,
      outcome: metadata,
      stacktrace: metadata,
    })
  }
  // The bus takes no revoked proxy for measurements.
  assert.is(spans.length, 2 * payloads.length - 1)
  assert.is(bus.stats().failures, 0)
  assert.is(tracing.ledger.snapshot().dropped.permanent, 0)
})

test('two buses are traced side by side, each by its own attachment', () => {
  const first = traced()
  const second = traced({ options: { id: 'another' } })
  first.bus.span('first', {}, nothing)
  second.bus.span('second', {}, nothing)
  const open = second.bus.startSpan('second', {})
  first.tracing.detach()
  assert.is(second.tracing.ledger.snapshot().in_flight, 1)
  open.stop()
  assert.is(first.spans.length, 1)
  assert.is(second.spans.length, 2)
})

test('of two attachments to one bus the first has the spans that both could have', () => {
  const { bus, tracing, spans } = traced()
  const second = traced({ bus, options: { id: 'second' } })
  bus.span('shop.pay', {}, nothing)
  bus.startSpan('shop.pay', {}).exception(new Error('no'))
  assert.equal([spans.length, second.spans.length], [2, 0])
  assert.is(second.tracing.ledger.snapshot().dropped.invalid, 4)
  tracing.detach()
  bus.span('shop.pay', {}, nothing)
  assert.equal([spans.length, second.spans.length], [2, 1])
})

test('a second attachment with the same id throws and leaves nothing', () => {
  const { bus } = traced()
  const rows = bus.listHandlers().length
  assert.throws(() => attachTracing(bus, {} satisfies TracingOptions), /exists already/)
  assert.is(bus.listHandlers().length, rows)
})

test('its drops are of the catalog', () => {
  const bus = createBus()
  using captured = captureEvents(bus, 'telemetry.**')
  const { tracing } = traced({ bus })
  bus.execute('shop.pay.stop', {}, { span_id: newSpanId() })
  tracing.detach()
  assert.equal(captured.events[0]?.metadata, { sink: 'tracing', reason: 'invalid' })
})

test.run()
