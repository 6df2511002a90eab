import * as assert from 'uvu/assert'
import { readSpanEvent } from '../../../examples/observatory/span-event.ts'
import { suite } from '../../harness/suite.ts'
import { spanId, traceId } from './spans.ts'

const test = suite('examples/observatory/span-event')

const ids = { trace_id: traceId(1), span_id: spanId(2), parent_span_id: spanId(3), correlation_id: 'order-17' }
const started = { monotonic_time: 400, system_time: 1_700_000_000_000 }
const ended = { monotonic_time: 1_000, duration: 600 }

test('a start tells of a span that is open', () => {
  const told = readSpanEvent('shop.order.start', started, { ...ids, customer: 'Ada' })
  assert.equal(told, {
    traceId: traceId(1),
    correlationId: 'order-17',
    span: {
      id: spanId(2),
      parentId: spanId(3),
      name: 'shop.order',
      start: 400,
      end: undefined,
      outcome: 'open',
      title: 'shop.order',
      detail: 'Ada',
      problem: '',
    },
  })
})

test('an end tells when the span began, too', () => {
  const told = readSpanEvent('shop.order.stop', ended, { ...ids, outcome: 'ok', items: 3 })
  assert.equal([told?.span.start, told?.span.end, told?.span.outcome], [400, 1_000, 'ok'])
  assert.is(told?.span.detail, 'items 3')
  const early = readSpanEvent('shop.order.stop', { monotonic_time: 10, duration: 600 }, ids)
  assert.is(early?.span.start, 0, 'no time is negative')
})

test('requests to one place have one title', () => {
  const title = (metadata: object) =>
    readSpanEvent('http.server.request.start', started, { ...ids, ...metadata })?.span.title
  assert.is(title({ method: 'GET', route: '/orders/:id' }), 'GET /orders/:id')
  assert.is(title({ method: 'GET', path_hash: 'a81b' }), 'GET, no route')
  assert.is(title({}), 'http.server.request')
})

test('a failure says what went wrong', () => {
  const thrown = { outcome: 'exception', reason: new Error('card declined'), stacktrace: 'Error: …', kind: 'throw' }
  const { span } = readSpanEvent('shop.order.exception', ended, { ...ids, ...thrown }) ?? {}
  assert.equal([span?.outcome, span?.problem, span?.detail], ['exception', 'card declined', ''])
  const failed = readSpanEvent('shop.order.stop', ended, { ...ids, outcome: 'error', error: 'empty cart' })
  assert.equal([failed?.span.outcome, failed?.span.problem], ['error', 'empty cart'])
  const silent = readSpanEvent('shop.order.exception', ended, { ...ids, outcome: 'aborted', reason: undefined })
  assert.equal([silent?.span.outcome, silent?.span.problem], ['aborted', ''])
})

test('what is no operation, in no trace, or the library’s own is no span', () => {
  assert.is(readSpanEvent('shop.order.placed', started, ids), undefined)
  assert.is(readSpanEvent('start', started, ids), undefined)
  assert.is(readSpanEvent('telemetry.sink.export.start', started, ids), undefined)
  assert.is(readSpanEvent('shop.order.start', started, { ...ids, trace_id: undefined }), undefined)
  assert.is(readSpanEvent('shop.order.start', started, { ...ids, span_id: '<script>' }), undefined)
  // Such as `engine.stop`, executed within a span: it carries the ids of that one.
  assert.is(readSpanEvent('engine.start', {}, ids), undefined)
  assert.is(readSpanEvent('engine.stop', { monotonic_time: 1 }, ids), undefined)
})

test('times that cannot be are not taken', () => {
  for (const time of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300, '12', 12n, null, {}]) {
    assert.is(readSpanEvent('shop.order.start', { monotonic_time: time }, ids), undefined)
    assert.is(readSpanEvent('shop.order.stop', { ...ended, duration: time }, ids), undefined)
  }
})

test('ids and outcomes that cannot be are taken for none', () => {
  const wrong = { ...ids, parent_span_id: 'x'.repeat(1_000_000), correlation_id: '<b>' }
  const told = readSpanEvent('shop.order.start', started, wrong)
  assert.equal([told?.span.parentId, told?.correlationId], [undefined, traceId(1)])
  const outcomeOf = (event: string, outcome?: string) => readSpanEvent(event, ended, { ...ids, outcome })?.span.outcome
  assert.is(outcomeOf('shop.order.stop', 'x'.repeat(1_000)), 'ok')
  assert.is(outcomeOf('shop.order.exception', 'ok'), 'exception')
  assert.is(outcomeOf('shop.order.exception'), 'exception')
})

test('texts are short and without secrets', () => {
  const long = 'x'.repeat(1_000_000)
  const keys = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key_${n}`, n]))
  const metadata = { ...ids, password: 'hunter2', method: long, route: long, nested: { long }, ...keys, reason: long }
  const { span } = readSpanEvent('shop.order.exception', ended, { ...metadata, outcome: 'exception' }) ?? {}
  assert.ok(JSON.stringify(span).length < 1_000, JSON.stringify(span))
  assert.not.match(JSON.stringify(span), 'hunter2')
  const cause = readSpanEvent('shop.order.exception', ended, {
    ...ids,
    outcome: 'exception',
    reason: new Error('no access with password=hunter2'),
  })
  assert.not.match(cause?.span.problem ?? 'hunter2', 'hunter2')
})

test('metadata that throws when it is read tells nothing', () => {
  const throws = () => {
    throw new Error('hostile')
  }
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const getter = Object.defineProperty({ ...ids }, 'customer', { enumerable: true, get: throws })
  for (const metadata of [proxy, new Proxy(ids, { get: throws }), new Proxy(ids, { ownKeys: throws }), getter]) {
    assert.is(readSpanEvent('shop.order.start', started, metadata), undefined)
  }
  const reason = Object.defineProperty(new Error('x'), 'message', { get: throws })
  const told = readSpanEvent('shop.order.exception', ended, { ...ids, outcome: 'exception', reason })
  assert.is(told?.span.outcome, 'exception', 'a failure that cannot be read is one all the same')
})

test.run()
