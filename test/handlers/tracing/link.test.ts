import { context, propagation, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api'
import { createBus, TelemetryError } from 'sonde'
import { currentContext, linkAmbient, startTrace, withContext, withCorrelation } from 'sonde/context'
import { attachTracing } from 'sonde/handlers/tracing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { contextOfCaller, keepContexts, startOf, tearDown, traced } from './set-up.ts'

/** Contexts both ways, with OpenTelemetry's own context manager. */
const test = suite('handlers/tracing: contexts')

test.after.each(tearDown)

const nothing = () => {}
const idsOf = (span: { spanContext(): { spanId: string } }) => span.spanContext().spanId

for (const ids of [true, false]) {
  const how = ids ? 'with our ids' : 'with ids of the SDK'

  test(`${how}: what OpenTelemetry starts in a body of ours is within our span, and ours within theirs`, async () => {
    const { bus, provider, span, events } = traced({ ids })
    const tracer = provider.getTracer('theirs')
    await bus.span('outer', {}, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      tracer.startActiveSpan('theirs', (theirs) => {
        bus.span('inner', {}, nothing)
        theirs.end()
      })
    })
    assert.is(span('theirs').parentSpanContext?.spanId, idsOf(span('outer')))
    assert.is(span('inner').parentSpanContext?.spanId, idsOf(span('theirs')))
    const inner = events.find(({ event }) => event === 'inner.start')
    assert.is(inner?.metadata['parent_span_id'], idsOf(span('theirs')))
    assert.is(inner?.metadata['trace_id'], span('theirs').spanContext().traceId)
  })
}

test('the span that is current there is the one that records, so its users can write to it', () => {
  const { bus, span } = traced()
  bus.span('outer', {}, () => trace.getActiveSpan()?.setAttribute('by', 'them'))
  assert.is(span('outer').attributes['by'], 'them')
  assert.is(trace.getActiveSpan(), undefined)
})

test('a body that nobody traces leaves the span around it current there', () => {
  for (const ids of [true, false]) {
    const { bus } = traced({ ids, options: { patterns: ['traced'] } })
    const check = () =>
      bus.span('traced', {}, () => {
        const outer = trace.getActiveSpan()
        assert.ok(outer?.isRecording())
        bus.span('plain', {}, () => assert.is(trace.getActiveSpan(), outer))
        withCorrelation('another', () => assert.is(trace.getActiveSpan(), outer))
      })
    check()
    withCorrelation('a trace of ours', check)
    tearDown()
  }
})

test('what is written to a span meanwhile stays', () => {
  const { bus, spans } = traced()
  bus.span('shop.pay', { customer: 'Ada' }, () => {
    trace.getActiveSpan()?.updateName('renamed').setAttribute('customer', 'Bob')
  })
  assert.equal([spans[0]?.name, spans[0]?.attributes['customer']], ['renamed', 'Bob'])
})

test('a context that is kept in a span of theirs brings that span', () => {
  const { bus, provider, span } = traced()
  const kept = provider.getTracer('t').startActiveSpan('theirs', (theirs) => {
    theirs.end()
    return currentContext()
  })
  if (kept !== undefined) withContext(kept, () => bus.span('late', {}, nothing))
  assert.is(span('late').parentSpanContext?.spanId, idsOf(span('theirs')))
})

test('the caller of another process is current there while its context is', () => {
  traced()
  const remote = contextOfCaller()
  withContext(remote, () => {
    const ids = trace.getActiveSpan()?.spanContext()
    assert.equal(
      [ids?.traceId, ids?.spanId, ids?.isRemote, ids?.traceState?.serialize()],
      [remote.traceId, remote.spanId, true, 'vendor=1'],
    )
    assert.is(currentContext()?.spanId, remote.spanId)
  })
})

test('where OpenTelemetry has taken the request in, its span stays the parent', () => {
  const { bus, provider, span } = traced()
  const remote = contextOfCaller()
  const { traceId, traceFlags, spanId = '' } = remote
  const caller = trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
  provider.getTracer('http').startActiveSpan('theirs', {}, caller, (theirs: Span) => {
    withContext(remote, () => bus.span('ours', {}, nothing))
    theirs.end()
  })
  assert.is(span('ours').parentSpanContext?.spanId, idsOf(span('theirs')))
})

test('a trace begun on purpose is not within the span that is current there', () => {
  const { bus, provider, span } = traced()
  const begun = startTrace()
  provider.getTracer('t').startActiveSpan('theirs', (theirs) => {
    withContext(begun, () => {
      bus.span('ours', {}, nothing)
      provider.getTracer('t').startSpan('root').end()
    })
    theirs.end()
  })
  assert.is(span('ours').parentSpanContext, undefined)
  assert.is(span('ours').spanContext().traceId, begun.traceId)
  assert.is(span('root').spanContext().traceId, begun.traceId)
  assert.is.not(span('theirs').spanContext().traceId, begun.traceId)
})

test('a context that is kept and entered elsewhere brings its own span, not that of where it is entered', () => {
  const { bus, provider, span } = traced()
  const kept = bus.span('first', {}, () => currentContext())
  provider.getTracer('t').startActiveSpan('theirs', (theirs) => {
    if (kept !== undefined) withContext(kept, () => bus.span('late', {}, nothing))
    theirs.end()
  })
  assert.is(span('late').parentSpanContext?.spanId, idsOf(span('first')))
  assert.is(span('late').spanContext().traceId, span('first').spanContext().traceId)
})

test('our baggage is theirs too, put over what they have', () => {
  traced()
  const mine = { value: 'b', properties: 'ttl=30' }
  const given = contextOfCaller({ baggage: new Map([['ours', mine]]) })
  const theirs = propagation.createBaggage({ theirs: { value: 'a' }, ours: { value: 'old' } })
  context.with(propagation.setBaggage(ROOT_CONTEXT, theirs), () =>
    withContext(given, () => {
      const baggage = propagation.getActiveBaggage()
      assert.is(baggage?.getEntry('theirs')?.value, 'a')
      assert.is(baggage?.getEntry('ours')?.value, 'b')
      assert.is(baggage?.getEntry('ours')?.metadata?.toString(), 'ttl=30')
      withContext({ ...given }, () => assert.is(propagation.getActiveBaggage(), baggage))
    }),
  )
})

test('a root that OpenTelemetry is asked for on purpose has a trace of its own', () => {
  const { bus, provider, span } = traced()
  bus.span('ours', {}, () => provider.getTracer('t').startSpan('apart', { root: true }).end())
  assert.is.not(span('apart').spanContext().traceId, span('ours').spanContext().traceId)
})

test('spans without an SDK are nobody’s parents', () => {
  keepContexts()
  const run = traced()
  trace.getTracer('none').startActiveSpan('noop', () => run.bus.span('ours', {}, nothing))
  assert.is(run.span('ours').parentSpanContext, undefined)
  assert.not.ok('parent_span_id' in startOf(run, 'ours'))
})

test('contexts are linked once, and until the last attachment is detached', () => {
  const first = attachTracing(createBus())
  const second = attachTracing(createBus())
  keepContexts()
  const current = () => withContext(contextOfCaller(), () => trace.getActiveSpan())
  first.detach()
  first.detach()
  assert.ok(current())
  second.detach()
  assert.is(current(), undefined)
})

test('where the contexts of another library are linked, attaching throws and leaves nothing', () => {
  const unlink = linkAmbient({ active: () => undefined, run: (_context, body) => body() })
  const bus = createBus()
  assert.throws(
    () => attachTracing(bus),
    (error: unknown) => error instanceof TelemetryError && error.code === 'already_attached',
  )
  assert.equal(bus.listHandlers(), [])
  unlink()
  attachTracing(bus).detach()
})

test.run()
