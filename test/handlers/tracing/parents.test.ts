import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { createBus } from 'sonde'
import {
  bindContext,
  correlate,
  currentContext,
  inject,
  newSpanId,
  runInSpan,
  startTrace,
  withContext,
  withCorrelation,
} from 'sonde/context'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { contextOfCaller, type Setting, startOf, tearDown, traced } from './set-up.ts'

const test = suite('handlers/tracing: parents')

test.after.each(tearDown)

const remote = contextOfCaller()

const parentId = (span: ReadableSpan) => span.parentSpanContext?.spanId
const spanId = (span: ReadableSpan) => span.spanContext().spanId
const traceId = (span: ReadableSpan) => span.spanContext().traceId
const nothing = () => {}

const settings: readonly Setting[] = [
  { manager: true, ids: true },
  { manager: true, ids: false },
  { manager: false, ids: true },
  { manager: false, ids: false },
]

for (const setting of settings) {
  const where = `${setting.manager ? 'with' : 'without'} a context manager, ${setting.ids ? 'with' : 'without'} our ids`

  test(`${where}: what runs in a body is within its span, across awaits too`, async () => {
    const { bus, span } = traced(setting)
    await bus.span('outer', {}, async () => {
      bus.span('first', {}, nothing)
      await new Promise((resolve) => setImmediate(resolve))
      bus.span('second', {}, nothing)
    })
    assert.is(parentId(span('outer')), undefined)
    for (const name of ['first', 'second']) {
      assert.is(parentId(span(name)), spanId(span('outer')), name)
      assert.is(traceId(span(name)), traceId(span('outer')), name)
    }
  })

  test(`${where}: a child may begin after its parent has ended`, async () => {
    const { bus, span } = traced(setting)
    const later = bus.span('outer', {}, () => bindContext(() => bus.span('late', {}, nothing)))
    later()
    assert.is(parentId(span('late')), spanId(span('outer')))
    assert.is(traceId(span('late')), traceId(span('outer')))
  })

  test(`${where}: under another correlation id a context stays where it is in its trace`, () => {
    const { bus, span } = traced(setting)
    const later = bus.span('outer', {}, () =>
      withCorrelation('another', () => bindContext(() => bus.span('late', {}, nothing))),
    )
    later()
    withContext(remote, () =>
      withCorrelation('another', () => {
        assert.is(currentContext()?.isRemote, true)
        bus.span('served', {}, nothing)
      }),
    )
    assert.is(parentId(span('late')), spanId(span('outer')))
    assert.is(parentId(span('served')), remote.spanId)
    assert.is(span('served').parentSpanContext?.isRemote, true)
  })

  test(`${where}: a caller in another process is the parent, with its flags and tracestate`, () => {
    const { bus, span } = traced(setting)
    withContext(remote, () => bus.span('served', {}, () => bus.span('inner', {}, nothing)))
    const { parentSpanContext } = span('served')
    assert.is(parentSpanContext?.spanId, remote.spanId)
    assert.is(parentSpanContext?.isRemote, true)
    assert.is(parentSpanContext?.traceState?.serialize(), 'vendor=1')
    assert.is(traceId(span('served')), remote.traceId)
    assert.is(span('served').spanContext().traceState?.serialize(), 'vendor=1')
    assert.is(parentId(span('inner')), spanId(span('served')))
  })

  test(`${where}: what nobody traces is stood for by what is around it, at any depth`, () => {
    const { bus, span } = traced({ ...setting, options: { patterns: ['traced.*'] } })
    bus.span('traced.outer', {}, () =>
      bus.span('plain', {}, () => bus.span('plainer', {}, () => bus.span('traced.inner', {}, nothing))),
    )
    withContext(remote, () => bus.span('plain', {}, () => bus.span('traced.served', {}, nothing)))
    assert.is(parentId(span('traced.inner')), spanId(span('traced.outer')))
    assert.is(parentId(span('traced.served')), remote.spanId)
  })

  test(`${where}: the root of a trace has no parent, though operations around it are not traced`, () => {
    const { bus, span } = traced({ ...setting, options: { patterns: ['traced.*'] } })
    bus.span('plain', {}, () => bus.span('traced.a', {}, nothing))
    assert.is(parentId(span('traced.a')), undefined)
  })

  test(`${where}: what the bus has sampled out is stood for by what is around it`, () => {
    const { bus, span } = traced(setting)
    bus.control({ sampling: [{ pattern: 'thin.start', rate: 0 }] })
    bus.span('outer', {}, () => bus.span('thin', {}, () => bus.span('inner', {}, nothing)))
    assert.is(parentId(span('inner')), spanId(span('outer')))
  })

  test(`${where}: operations of another bus stand between, or are traced as well`, () => {
    const { bus, span } = traced(setting)
    const other = createBus()
    other.attach('listener', '**', nothing)
    const uncorrelate = correlate(other)
    bus.span('outer', {}, () => other.span('elsewhere', {}, () => bus.span('inner', {}, nothing)))
    assert.is(parentId(span('inner')), spanId(span('outer')))
    const theirs = traced({ ...setting, bus: other })
    bus.span('outer.2', {}, () => other.span('elsewhere', {}, () => bus.span('inner.2', {}, nothing)))
    assert.is(parentId(theirs.span('elsewhere')), spanId(span('outer.2')))
    assert.is(parentId(span('inner.2')), spanId(theirs.span('elsewhere')))
    uncorrelate()
  })

  test(`${where}: ids that came with an event, of a worker say, are its parents`, () => {
    const { bus, span } = traced(setting)
    const relayed = (name: string, parent_span_id: string) => {
      const span_id = newSpanId()
      bus.execute(`${name}.start`, {}, { span_id, parent_span_id, trace_id: remote.traceId })
      bus.execute(`${name}.stop`, { duration: 5 }, { span_id, outcome: 'ok' })
    }
    bus.span('call', {}, (call) => relayed('worker', call.id))
    relayed('stranger', remote.spanId ?? '')
    assert.is(parentId(span('worker')), spanId(span('call')))
    assert.is(parentId(span('stranger')), remote.spanId)
    assert.is(traceId(span('stranger')), remote.traceId)
  })

  test(`${where}: a span ended by hand is the parent of what is run in it`, () => {
    const { bus, span } = traced(setting)
    const outer = bus.startSpan('outer', {})
    bus.span('beside', {}, nothing)
    runInSpan(outer, () => bus.span('inner', {}, nothing))
    outer.stop()
    assert.is(parentId(span('inner')), spanId(span('outer')))
    assert.is(parentId(span('beside')), undefined)
  })
}

test('ids of spans are those of the events with our generator, and in attributes without', () => {
  for (const ids of [true, false]) {
    const tracing = traced({ ids })
    const { bus, span } = tracing
    withCorrelation('job-1', () => bus.span('outer', {}, () => bus.span('inner', {}, nothing)))
    for (const name of ['outer', 'inner']) {
      const metadata = startOf(tracing, name)
      const told = { 'sonde.span_id': metadata['span_id'], 'sonde.trace_id': metadata['trace_id'] }
      const { attributes } = span(name)
      assert.is(attributes['correlation_id'], 'job-1')
      if (ids) assert.equal([spanId(span(name)), traceId(span(name))], [metadata['span_id'], metadata['trace_id']])
      assert.is(attributes['sonde.span_id'], ids ? undefined : told['sonde.span_id'])
      assert.is(attributes['sonde.trace_id'], ids ? undefined : told['sonde.trace_id'])
    }
    tearDown()
  }
})

test('a receiver gets the ids that the backend has, with and without our generator', () => {
  for (const ids of [true, false]) {
    for (const manager of [true, false]) {
      const { bus, span } = traced({ ids, manager })
      const [own, sent] = bus.span('outer', {}, () => [currentContext()?.traceId, inject().traceparent])
      const outer = span('outer')
      assert.is(sent, `00-${traceId(outer)}-${spanId(outer)}-01`, `ids ${ids}, manager ${manager}`)
      assert.is(outer.attributes['sonde.trace_id'], ids ? undefined : own)
      tearDown()
    }
  }
})

test('operations of one trace without an operation around them are roots of that trace', () => {
  const { bus, span } = traced()
  const begun = startTrace()
  withContext(begun, () => {
    bus.span('first', {}, nothing)
    bus.span('second', {}, nothing)
  })
  for (const name of ['first', 'second']) {
    assert.is(traceId(span(name)), begun.traceId)
    assert.is(parentId(span(name)), undefined)
  }
})

test.run()
