import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { linkAmbient } from '../../../src/context/ambient.ts'
import type { AmbientSpan } from '../../../src/context/context.ts'
import { correlate } from '../../../src/context/correlate.ts'
import { currentContext } from '../../../src/context/current.ts'
import { shared } from '../../../src/context/shared.ts'
import { withCorrelation } from '../../../src/context/with-correlation.ts'
import { createBus } from '../../../src/core/bus.ts'
import { fromTracingChannel } from '../../../src/interop/diagnostics-channel/from-tracing-channel.ts'
import { type Recorded, record } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { subscribed } from './sub-channels.ts'

const test = suite('interop/diagnostics-channel/span-scopes')
const channel = tracingChannel<unknown, object>('scoped')

function idOf(events: readonly Recorded[], event: string, key = 'span_id'): unknown {
  return events.find((recorded) => recorded.event === event)?.metadata[key]
}

/** A correlated bus that is told of the channel as `query`. */
function correlated() {
  const bus = createBus()
  const events = record(bus, '**')
  const uncorrelate = correlate(bus)
  const detach = fromTracingChannel(bus, 'scoped', { event: 'query' })
  return {
    bus,
    events,
    [Symbol.dispose]() {
      detach()
      uncorrelate()
    },
  }
}

// First: whether a storage has been made is a fact of the process.
test('on a bus that is not correlated no storage is made or entered', async () => {
  const bus = createBus()
  record(bus, '**')
  using _channel = fromTracingChannel(bus, 'scoped', { event: 'query' })
  await channel.tracePromise(() => sleep(1), {})
  assert.is(shared.storage, undefined)
})

test('what happens in the call is a child of its span, which is a child of the caller', async () => {
  using work = correlated()
  const { bus, events } = work
  const request = async () => {
    await channel.tracePromise(async () => {
      await sleep(1)
      bus.span('inner', {}, () => bus.execute('note', {}))
    }, {})
    bus.execute('after', {})
  }
  await withCorrelation('caller', () => bus.span('request', {}, request))
  assert.is(idOf(events, 'query.start', 'parent_span_id'), idOf(events, 'request.start'))
  assert.is(idOf(events, 'query.stop', 'parent_span_id'), idOf(events, 'request.start'))
  assert.is(idOf(events, 'inner.start', 'parent_span_id'), idOf(events, 'query.start'))
  assert.is(idOf(events, 'note'), idOf(events, 'inner.start'))
  assert.is(idOf(events, 'after'), idOf(events, 'request.start'))
  assert.is(new Set(events.map(({ metadata }) => metadata['trace_id'])).size, 1)
})

test('a synchronous call is its own scope too, and leaves none behind', () => {
  using work = correlated()
  channel.traceSync(() => work.bus.execute('note', {}), {})
  assert.is(idOf(work.events, 'note'), idOf(work.events, 'query.start'))
  assert.is(currentContext(), undefined)
})

test('a callback runs where the call was made, even when it is called from elsewhere', async () => {
  using work = correlated()
  const { bus, events } = work
  const waiting: (() => void)[] = []
  const ask = (done: () => void) => void waiting.push(done)

  bus.span('request', {}, () => {
    channel.traceCallback(ask, 0, {}, undefined, () => bus.execute('answered', {}))
  })
  withCorrelation('elsewhere', () => waiting[0]?.())
  assert.is(idOf(events, 'answered'), idOf(events, 'request.start'))
  assert.is.not(idOf(events, 'answered', 'correlation_id'), 'elsewhere')
})

test('calls that are left out keep the context of the caller', () => {
  const bus = createBus()
  const events = record(bus, '**')
  using _correlated = correlate(bus)
  using _channel = fromTracingChannel(bus, 'scoped', { event: 'query', ignore: () => true })
  withCorrelation('caller', () => channel.traceSync(() => bus.execute('note', {}), {}))
  channel.traceSync(() => bus.execute('outside', {}), {})
  assert.is(idOf(events, 'note', 'correlation_id'), 'caller')
  assert.is(idOf(events, 'outside', 'correlation_id'), undefined)
})

test('a bus that is correlated later follows with its second call, and one that no longer is with its second too', () => {
  const bus = createBus()
  const events = record(bus, 'note')
  bus.attach('listener', 'query.*', () => {})
  using _channel = fromTracingChannel(bus, 'scoped', { event: 'query' })
  const call = () => channel.traceSync(() => bus.execute('note', {}), {})
  const uncorrelate = correlate(bus)
  call()
  call()
  uncorrelate()
  call()
  call()
  assert.equal(
    events.map(({ metadata }) => 'span_id' in metadata),
    [false, true, false, false],
  )
  assert.is(currentContext(), undefined)
})

test('two correlated buses on one channel both tell, and the end of one leaves the other its scopes', () => {
  using one = correlated()
  {
    using two = correlated()
    channel.traceSync(() => one.bus.execute('note', {}), {})
    assert.is(two.events.length, 2)
    assert.is(one.events.length, 3)
  }
  channel.traceSync(() => one.bus.execute('second', {}), {})
  assert.is(idOf(one.events, 'second'), one.events[3]?.metadata['span_id'])
})

test('a storage of somebody else on the same channel is entered as before', () => {
  using work = correlated()
  const theirs = new AsyncLocalStorage<object>()
  channel.start.bindStore(theirs)
  const context = {}
  channel.traceSync(() => assert.is(theirs.getStore(), context), context)
  assert.is(work.events.length, 2)
  channel.start.unbindStore(theirs)
})

test('beside another keeper of contexts the span is the current one for us', () => {
  using work = correlated()
  const span: AmbientSpan = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 }
  using _link = linkAmbient({ active: () => span, run: (_context, body) => body() })
  channel.traceSync(() => work.bus.execute('note', {}), {})
  assert.is(idOf(work.events, 'query.start', 'parent_span_id'), span.spanId)
  assert.is(idOf(work.events, 'query.start', 'trace_id'), span.traceId)
  assert.is(idOf(work.events, 'note'), idOf(work.events, 'query.start'))
})

test('detaching leaves nothing bound', () => {
  const work = correlated()
  channel.traceSync(() => 1, {})
  work[Symbol.dispose]()
  assert.equal(subscribed('scoped'), [])
})

test.run()
