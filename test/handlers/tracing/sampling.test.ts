import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api'
import { AlwaysOffSampler, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'
import { createBus } from 'sonde'
import { currentContext, newSpanId, newTraceId, SAMPLED, startTrace, withContext } from 'sonde/context'
import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { keepsRatio } from '../../../handlers/tracing/sampling.ts'
import { suite } from '../../harness/suite.ts'
import { contextOfCaller, type Setting, startOf, tearDown, traced } from './set-up.ts'

const test = suite('handlers/tracing: sampling', { limitMs: 20_000 })

test.after.each(tearDown)

const nothing = () => {}
const none: Setting = { options: { ratio: 0 } }

/** A context of a trace whose random part is `digits`. */
const traceOf = (digits: string) => ({ ...contextOfCaller(), spanId: undefined, traceId: digits.padStart(32, 'a') })

test('a trace is kept by its last 56 bits alone: those that are not below the threshold', () => {
  const half = keepsRatio(0.5)
  assert.is(half?.('0123456789abcdef01' + '80000000000000'), true)
  assert.is(half?.('0123456789abcdef01' + '7fffffffffffff'), false)
  assert.is(half?.('ffffffffffffffffff' + '7fffffffffffff'), false)
  const tenth = keepsRatio(0.1)
  const threshold = BigInt(0.9 * 2 ** 56)
  for (const below of [0n, 1n])
    assert.is(tenth?.((threshold - below).toString(16).padStart(32, '0')), below === 0n, `${below} below`)
})

test('the ends: 0 keeps nothing, the least ratio almost nothing, 1 is left to the SDK', () => {
  assert.is(keepsRatio(0)?.('f'.repeat(32)), false)
  assert.is(keepsRatio(2 ** -53)?.(`${'f'.repeat(31)}8`), true)
  assert.is(keepsRatio(2 ** -53)?.(`${'f'.repeat(31)}7`), false)
  assert.is(keepsRatio(1 - 2 ** -53)?.('f'.repeat(32)), true)
  assert.is(keepsRatio(1 - 2 ** -53)?.(`${'f'.repeat(18)}${'0'.repeat(14)}`), false)
  assert.is(keepsRatio(1), undefined)
})

test('the share that is kept is the ratio, and a higher ratio keeps what a lower one does', () => {
  const ids = Array.from({ length: 20_000 }, newTraceId)
  const [some, more] = [keepsRatio(0.2), keepsRatio(0.3)]
  const kept = ids.filter((id) => some?.(id))
  // Six standard deviations.
  assert.ok(Math.abs(kept.length - 4_000) < 6 * Math.sqrt(20_000 * 0.2 * 0.8), `${kept.length} of 20,000`)
  assert.ok(kept.every((id) => more?.(id)))
})

test('a trace is in or out as a whole', () => {
  const { bus, spans } = traced({ options: { ratio: 0.5 } })
  const nested = () => bus.span('outer', {}, () => bus.span('inner', {}, nothing))
  withContext(traceOf('80000000000000'), nested)
  assert.is(spans.length, 2)
  withContext(traceOf('7fffffffffffff'), nested)
  assert.is(spans.length, 2)
  for (let i = 0; i < 200; i++) nested()
  const traces = new Set(spans.map((span) => span.spanContext().traceId))
  assert.is(spans.length, 2 * traces.size)
  assert.ok(traces.size > 40 && traces.size < 160, `${traces.size} of 201`)
})

test('left out, a trace has no span of the SDK, also not of the instrumentations within it', () => {
  for (const manager of [true, false]) {
    const { bus, provider, spans, tracing } = traced({ ...none, manager })
    const flags = bus.span('outer', {}, () => {
      bus.span('inner', {}, nothing)
      if (manager) provider.getTracer('theirs').startSpan('theirs').end()
      return trace.getActiveSpan()?.spanContext().traceFlags
    })
    if (manager) assert.is((flags ?? SAMPLED) & SAMPLED, 0)
    assert.equal(spans, [])
    assert.is(tracing.ledger.snapshot().accepted, 0)
    tearDown()
  }
})

test('the flag of a caller goes before the ratio', () => {
  const { bus, spans } = traced(none)
  withContext(contextOfCaller(), () => bus.span('sampled', {}, nothing))
  assert.is(spans.length, 1)
  tearDown()
  const all = traced({ options: { ratio: 1 - 2 ** -53 } })
  withContext(contextOfCaller({ traceFlags: 0 }), () => all.bus.span('unsampled', {}, nothing))
  assert.equal(all.spans, [])
})

test('a span of OpenTelemetry’s that records keeps what is within it', () => {
  const { bus, provider, spans } = traced(none)
  provider.getTracer('theirs').startActiveSpan('theirs', (theirs) => {
    bus.span('ours', {}, nothing)
    theirs.end()
  })
  assert.equal(
    spans.map(({ name }) => name),
    ['ours', 'theirs'],
  )
})

test('a span that is recorded for nobody but the processors keeps what is within it', () => {
  const recordOnly = { shouldSample: () => ({ decision: 1 }), toString: () => 'record only' }
  const { bus, tracing } = traced({ sampler: recordOnly, options: { ratio: 1 - 2 ** -53 } })
  bus.span('outer', {}, () => bus.span('inner', {}, nothing))
  assert.is(tracing.ledger.snapshot().delivered, 2)
})

test('what comes with ids that are none is decided like any other', () => {
  const { bus, tracing } = traced(none)
  const ids = { parent_span_id: newSpanId(), trace_id: 'nonsense' }
  bus.execute('worker.start', {}, { span_id: newSpanId(), ...ids })
  assert.is(tracing.ledger.snapshot().accepted, 0)
})

test('an exception has its span although the trace is left out, from its start to its end', () => {
  const run = traced(none)
  const { bus, span, spans } = run
  const begun = startTrace()
  const fails = () =>
    withContext(begun, () =>
      bus.span('outer', {}, () => {
        bus.span('fine', {}, nothing)
        return bus.span('middle', {}, () =>
          bus.span('inner', { customer: 'Ada' }, () => {
            throw new Error('no')
          }),
        )
      }),
    )
  assert.throws(fails, 'no')
  assert.equal(
    spans.map(({ name }) => name),
    ['inner', 'middle', 'outer'],
  )
  assert.is(span('inner').status.code, SpanStatusCode.ERROR)
  assert.is(span('inner').attributes['customer'], 'Ada')
  // One tree, with the ids of the events.
  assert.is(span('inner').parentSpanContext?.spanId, span('middle').spanContext().spanId)
  assert.is(span('middle').parentSpanContext?.spanId, span('outer').spanContext().spanId)
  assert.is(span('outer').parentSpanContext, undefined)
  for (const name of ['inner', 'middle', 'outer']) {
    assert.is(span(name).spanContext().spanId, startOf(run, name)['span_id'])
    assert.is(span(name).spanContext().traceId, begun.traceId)
  }
  const stop = run.events.find(({ event }) => event === 'inner.exception')
  assert.is(nanos(span('inner').duration), stop?.measurements['duration'])
})

test('an exception that the bus had sampled out has its span, started when it did', () => {
  const clock = manualClock(1_700_000_000_000)
  const run = traced({ bus: createBus({ clock }) })
  const { bus, span } = run
  bus.control({ sampling: [{ pattern: 'thin.start', rate: 0 }] })
  const fails = () =>
    bus.span('outer', {}, () =>
      bus.span('thin', {}, () => {
        clock.advance(5)
        throw new Error('no')
      }),
    )
  assert.throws(fails, 'no')
  const found = span('thin')
  const told = run.events.find(({ event }) => event === 'thin.exception')
  assert.equal(
    [found.startTime, found.duration],
    [
      [1_700_000_000, 0],
      [0, 5_000_000],
    ],
  )
  assert.is(found.spanContext().spanId, told?.metadata['span_id'])
  assert.is(found.parentSpanContext?.spanId, span('outer').spanContext().spanId)
})

test('ratio 1 leaves everything to the sampler of the SDK, exceptions too', () => {
  const off = traced({ sampler: new AlwaysOffSampler() })
  const fails = () =>
    off.bus.span('outer', {}, () => {
      throw new Error('no')
    })
  assert.throws(fails, 'no')
  assert.equal(off.spans, [])
  tearDown()
  const sampler = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) })
  const half = traced({ sampler })
  for (let i = 0; i < 200; i++) half.bus.span('outer', {}, () => half.bus.span('inner', {}, nothing))
  const outer = half.spans.filter(({ name }) => name === 'outer').length
  assert.is(half.spans.length, 2 * outer)
  assert.ok(outer > 40 && outer < 160, `${outer} of 200`)
})

test('a trace that is left out has the flag off for whoever is told of it', () => {
  const { bus } = traced(none)
  const flags = bus.span('outer', {}, () => currentContext()?.traceFlags ?? SAMPLED)
  assert.is(flags & SAMPLED, 0)
})

test('a span that is not recorded by the SDK is current all the same', () => {
  const { bus } = traced({ sampler: new AlwaysOffSampler() })
  const [theirs, ours] = bus.span('outer', {}, () => [trace.getActiveSpan()?.spanContext(), currentContext()])
  assert.is(theirs?.spanId, ours?.spanId)
  assert.is(theirs?.traceFlags, 0)
  assert.is(trace.getSpan(ROOT_CONTEXT), undefined)
})

function nanos([seconds, rest]: readonly [number, number]): number {
  return seconds * 1e9 + rest
}

test.run()
