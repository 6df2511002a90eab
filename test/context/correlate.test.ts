import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { correlate, runInSpan } from '../../src/context/correlate.ts'
import { currentContext } from '../../src/context/current.ts'
import { isTraceId } from '../../src/context/ids.ts'
import { withCorrelation } from '../../src/context/with-correlation.ts'
import { createBus } from '../../src/core/bus.ts'
import { record } from '../core/recorder.ts'
import { suite } from '../harness/suite.ts'

const test = suite('context/correlate')

function correlated() {
  const bus = createBus()
  const detach = correlate(bus)
  return { bus, detach, events: record(bus, '**') }
}

const ids = (metadata: Readonly<Record<string, unknown>> | undefined) => [
  metadata?.['trace_id'],
  metadata?.['parent_span_id'],
]

test('outside of any context an event is left as it is', () => {
  const { bus, events } = correlated()
  const metadata = { item: 'tea' }
  bus.execute('work', {}, metadata)
  assert.is(events[0]?.metadata, metadata)
})

test('an event in a context has its ids; keys of the event win', () => {
  const { bus, events } = correlated()
  withCorrelation('order-17', () => {
    bus.execute('work', {}, { item: 'tea' })
    bus.execute('work', {}, { trace_id: 'mine' })
  })
  const [one, two] = events
  assert.is(one?.metadata['correlation_id'], 'order-17')
  assert.is(one?.metadata['item'], 'tea')
  assert.equal(Object.keys(one?.metadata ?? {}).sort(), ['correlation_id', 'item', 'trace_id'])
  assert.is(two?.metadata['trace_id'], 'mine')
})

test('spans form a tree, across awaits, and their events and those inside carry it', async () => {
  const { bus, events } = correlated()
  await withCorrelation('order-17', () =>
    bus.span('outer', {}, async () => {
      await sleep(1)
      await Promise.all(['a', 'b'].map((name) => bus.span('inner', { name }, () => sleep(1, name))))
      bus.execute('work', {})
    }),
  )
  const outer = events.find(({ event }) => event === 'outer.start')?.metadata
  assert.not.ok('parent_span_id' in (outer ?? {}))
  for (const { event, metadata } of events) {
    assert.is(metadata['correlation_id'], 'order-17', event)
    assert.is(metadata['trace_id'], outer?.['trace_id'], event)
    if (event.startsWith('inner')) assert.is(metadata['parent_span_id'], outer?.['span_id'], event)
  }
  assert.is(events.find(({ event }) => event === 'work')?.metadata['span_id'], outer?.['span_id'])
  assert.is(events.filter(({ event }) => event === 'inner.stop').length, 2)
})

test('a span outside of any context begins a trace, for itself and for what is inside', () => {
  const { bus, events } = correlated()
  for (let run = 0; run < 2; run++) bus.span('outer', {}, () => bus.span('inner', {}, () => {}))
  const traces = events.map(({ metadata }) => metadata['trace_id'])
  assert.is(new Set(traces.slice(0, 4)).size, 1)
  assert.ok(isTraceId(traces[0]))
  assert.is.not(traces[0], traces[4])
  const [outer, inner, , stop] = events
  assert.equal([outer?.metadata['parent_span_id'], stop?.metadata['parent_span_id']], [undefined, undefined])
  assert.is(outer?.metadata['correlation_id'], outer?.metadata['trace_id'])
  assert.is(inner?.metadata['parent_span_id'], outer?.metadata['span_id'])
  assert.is(currentContext(), undefined)
})

test('a span that is ended by hand keeps its place, from wherever it is entered', () => {
  const { bus, events } = correlated()
  const span = withCorrelation('order-17', () => bus.startSpan('op'))
  const root = bus.startSpan('op')
  withCorrelation('another', () => {
    for (const entered of [span, root]) runInSpan(entered, () => bus.execute('work', {}))
  })
  const [start, rootStart, work, rootWork] = events.map(({ metadata }) => metadata)
  const place = (metadata: typeof start, key: string) => [
    metadata?.['correlation_id'],
    metadata?.['trace_id'],
    metadata?.[key],
  ]
  assert.equal(place(work, 'span_id'), place(start, 'span_id'))
  assert.equal(place(rootWork, 'span_id'), place(rootStart, 'span_id'))
  span.stop()
  root.stop()
})

test('the start, stop and exception of one span have the same ids, wherever it ends', () => {
  const { bus, events } = correlated()
  const span = withCorrelation('order-17', () => bus.startSpan('op'))
  withCorrelation('another', () => span.stop())
  const [start, stop] = events
  assert.is(stop?.metadata['correlation_id'], 'order-17')
  assert.equal(ids(stop?.metadata), ids(start?.metadata))
})

test('work done for a span that is ended by hand is its child, by runInSpan', () => {
  const { bus, events } = correlated()
  withCorrelation('order-17', () => {
    const span = bus.startSpan('op')
    runInSpan(span, () => bus.execute('work', {}))
    runInSpan(span, () => bus.execute('work', {}))
    span.stop()
  })
  const [start, ...work] = events
  for (const { metadata } of work) assert.is(metadata['span_id'], start?.metadata['span_id'])
})

test('a generator keeps its place in the tree, whoever takes its steps', () => {
  const { bus, events } = correlated()
  const steps = withCorrelation('producer', () =>
    bus.span('steps', {}, function* () {
      for (let n = 0; n < 2; n++) {
        bus.execute('work', { n })
        yield n
      }
    }),
  )
  for (const consumer of ['first', 'second']) withCorrelation(consumer, () => steps.next())
  const [start, ...work] = events
  assert.is(work.length, 2)
  for (const { metadata } of work) {
    assert.equal([metadata['correlation_id'], metadata['span_id']], ['producer', start?.metadata['span_id']])
  }
})

test('a span that nobody listens to is no parent', () => {
  const bus = createBus()
  correlate(bus)
  const events = record(bus, 'heard.*')
  withCorrelation('order-17', () => bus.span('unheard', {}, () => bus.span('heard', {}, () => {})))
  assert.not.ok('parent_span_id' in (events[0]?.metadata ?? {}))
})

test('correlated twice, the ids are put there once, until both are detached', () => {
  const { bus, events, detach } = correlated()
  const second = correlate(bus)
  assert.is(second(), true)
  assert.is(second(), false)
  withCorrelation('order-17', () => bus.execute('work', {}))
  assert.is(detach(), true)
  withCorrelation('order-17', () => bus.execute('work', {}))
  assert.equal(
    events.map(({ metadata }) => metadata['correlation_id']),
    ['order-17', undefined],
  )
})

test.run()
