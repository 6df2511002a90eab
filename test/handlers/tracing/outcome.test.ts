import { SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { createBus } from 'sonde'
import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { tearDown, traced } from './set-up.ts'

const test = suite('handlers/tracing: outcomes')

test.after.each(tearDown)

/** The span of an operation that throws. */
function thrown(value: unknown): ReadableSpan {
  const { bus, span } = traced()
  bus.startSpan('shop.pay', {}).exception(value)
  return span('shop.pay')
}

const exceptionOf = ({ events }: ReadableSpan) => events[0]?.attributes

test('an operation that ends well leaves the status to the application', () => {
  const { bus, span } = traced()
  bus.span('shop.pay', {}, () => {})
  assert.equal(span('shop.pay').status, { code: SpanStatusCode.UNSET })
})

test('what is thrown is the status, an exception event at the end, and error.type', () => {
  const error = new RangeError('no stock')
  const span = thrown(error)
  assert.equal(span.status, { code: SpanStatusCode.ERROR, message: 'no stock' })
  assert.is(span.attributes['error.type'], 'RangeError')
  assert.equal(exceptionOf(span), {
    'exception.type': 'RangeError',
    'exception.message': 'no stock',
    'exception.stacktrace': error.stack,
  })
  assert.equal(span.events[0]?.time, span.endTime)
})

test('what was called off is no error', () => {
  const span = thrown(new DOMException('The user has left', 'AbortError'))
  assert.equal(span.status, { code: SpanStatusCode.UNSET })
  assert.equal(span.events, [])
  assert.is(span.attributes['outcome'], 'aborted')
})

test('an operation that nobody has ended is an error', () => {
  const clock = manualClock(1_700_000_000_000)
  const { bus, span } = traced({ bus: createBus({ clock }) })
  const forgotten = bus.startSpan('shop.pay', {}, { deadlineMs: 100 })
  clock.advance(100)
  assert.is(span('shop.pay').attributes['outcome'], 'abandoned')
  assert.is(span('shop.pay').status.code, SpanStatusCode.ERROR)
  assert.match(span('shop.pay').status.message ?? '', 'has not ended within 100 ms')
  forgotten.stop()
})

test('fail() is the outcome error: its words are the message, and an Error is recorded too', () => {
  const { bus, spans } = traced()
  bus.startSpan('shop.pay', {}).fail('no stock').stop()
  bus.startSpan('shop.pay', {}).fail(new TypeError('bad card')).stop()
  assert.equal(
    spans.map(({ status, attributes, events }) => [
      status.code,
      status.message,
      attributes['error.type'],
      events.length,
    ]),
    [
      [SpanStatusCode.ERROR, 'no stock', '_OTHER', 0],
      [SpanStatusCode.ERROR, 'bad card', 'TypeError', 1],
    ],
  )
  assert.ok(spans.every(({ attributes }) => !('error' in attributes)))
})

test('anything may be thrown', () => {
  const hostile = Object.defineProperties(new Error('x'), {
    message: {
      get() {
        throw new Error('hostile')
      },
    },
    name: { value: 7 },
  })
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const values: [unknown, string][] = [
    ['just text', 'just text'],
    [undefined, 'null'],
    [null, 'null'],
    [42, '42'],
    [{ code: 7, password: 'p4ss' }, '{"code":7,"password":"[redacted]"}'],
    [Symbol('s'), 'Symbol(s)'],
    [proxy, '[Proxy]'],
    [hostile, '[Getter]'],
    [new Error(''), ''],
  ]
  for (const [value, message] of values) {
    const span = thrown(value)
    assert.is(span.status.message, message, String(message))
    assert.is(exceptionOf(span)?.['exception.message'] ?? '', message)
    tearDown()
  }
})

test('ten megabytes of message are cut, and secrets in it are not told', () => {
  const long = thrown(new Error('x'.repeat(10_000_000)))
  assert.is(Buffer.byteLength(long.status.message ?? ''), 512)
  assert.ok(JSON.stringify(exceptionOf(long)).length < 16_384)
  const told = thrown(new Error('login with password=hunter2 failed'))
  assert.not.match(JSON.stringify([told.status, exceptionOf(told)]), 'hunter2')
})

test('of what a worker relays the stack is that of the event', () => {
  const { bus, span } = traced()
  const ids = { span_id: '00000000000000b1' }
  bus.execute(['python', 'call', 'start'], { system_time: 1_700_000_000_000 }, { ...ids, function: 'predict' })
  const failure = {
    outcome: 'exception',
    reason: 'ValueError: no',
    stacktrace: 'File "a.py", line 3',
    error_type: 'ValueError',
  }
  bus.execute(['python', 'call', 'exception'], { duration: 5 }, { ...ids, function: 'predict', ...failure })
  const found = span('python.call predict')
  assert.is(exceptionOf(found)?.['exception.stacktrace'], 'File "a.py", line 3')
  assert.is(found.attributes['error.type'], 'ValueError')
  assert.is(found.status.message, 'ValueError: no')
})

test.run()
