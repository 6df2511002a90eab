import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { keysOf, namesOf, present, record } from './recorder.ts'
import { callUntyped } from './untyped.ts'

const test = suite('core/manual-span')

function fixture() {
  const clock = manualClock()
  const bus = createBus({ clock })
  return { clock, bus, events: record(bus, 'op.*') }
}

test('a manual span emits start at once and stop when it is told', () => {
  const { clock, bus, events } = fixture()

  const span = bus.startSpan('op', { who: 'me' })
  assert.equal(namesOf(events), ['op.start'])
  assert.is(span.id, events[0]?.metadata['span_id'])
  assert.is(bus.stats().openSpans, 1)
  clock.advance(4)
  span.stop()

  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.equal(events[1]?.measurements, { duration: 4e6, monotonic_time: 4e6 })
  assert.equal(events[1]?.metadata, { who: 'me', span_id: span.id, outcome: 'ok' })
  assert.is(bus.stats().openSpans, 0)
})

test('measurements given for the start are on start alone, and the times stay ours', () => {
  const { bus, events } = fixture()
  const trapped = Object.defineProperty({}, 'x', { enumerable: true, get: () => assert.unreachable() })

  bus.startSpan('op', {}, { measurements: { active: 3, monotonic_time: 1, system_time: 2 } }).stop()
  bus.startSpan('op', {}, { measurements: trapped }).stop()

  assert.equal(events[0]?.measurements, { active: 3, monotonic_time: 0, system_time: 0 })
  assert.equal(keysOf(present(events[1]).measurements), ['duration', 'monotonic_time'])
  assert.equal(keysOf(present(events[2]).measurements), ['monotonic_time', 'system_time'])
})

test('stop takes last measurements and metadata, over set and measure; the standard keys win', () => {
  const { bus, events } = fixture()
  const span = bus.startSpan('op', { a: 1, b: 1 })
  span.set({ b: 2, c: 2 }).measure({ rows: 1, bytes: 1 })

  span.stop({ rows: 3, duration: 999 }, { c: 3, d: 3, outcome: 'x', span_id: 'x' })

  assert.equal(events[1]?.measurements, { rows: 3, bytes: 1, duration: 0, monotonic_time: 0 })
  assert.equal(events[1]?.metadata, { a: 1, b: 2, c: 3, d: 3, outcome: 'ok', span_id: span.id })
})

test('exception carries the error itself, and aborted is an outcome of its own', () => {
  const { bus, events } = fixture()
  const reason = new Error('broken')

  bus.startSpan('op', { who: 'me' }).exception(reason)
  bus.startSpan('op').exception(new DOMException('stop', 'AbortError'))

  assert.equal(namesOf(events), ['op.start', 'op.exception', 'op.start', 'op.exception'])
  assert.is(events[1]?.metadata['reason'], reason)
  assert.is(events[1]?.metadata['stacktrace'], reason.stack)
  assert.is(events[1]?.metadata['outcome'], 'exception')
  assert.is(events[1]?.metadata['who'], 'me')
  assert.match(String(events[1]?.metadata['kind']), /^(throw|rejection)$/)
  assert.is(events[3]?.metadata['outcome'], 'aborted')
})

test('fail and then stop has outcome error', () => {
  const { bus, events } = fixture()

  bus.startSpan('op').fail('declined').stop()

  assert.is(events[1]?.event, 'op.stop')
  assert.is(events[1]?.metadata['outcome'], 'error')
  assert.is(events[1]?.metadata['error'], 'declined')
})

test('a second end of any kind is ignored and counted', () => {
  const { bus, events } = fixture()
  const [stopped, thrown] = [bus.startSpan('op'), bus.startSpan('op')]
  stopped.stop()
  thrown.exception(new Error('broken'))
  assert.is(events.length, 4)

  stopped.stop()
  stopped.exception(new Error('late'))
  thrown.stop({ n: 1 })

  assert.is(events.length, 4)
  assert.is(bus.stats().doubleEnded, 3)
  assert.is(bus.stats().openSpans, 0)
})

test('a span ended inside its own body is not ended again by it in an event', () => {
  const { bus, events } = fixture()

  bus.span('op', {}, (span) => span.stop({ rows: 1 }))

  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.is(events[1]?.measurements['rows'], 1)
})

test('a span that outlives its deadline ends in exception with outcome abandoned', () => {
  const { clock, bus, events } = fixture()
  const span = bus.startSpan('op', { who: 'me' }, { deadlineMs: 500 })
  clock.advance(499)
  assert.equal(namesOf(events), ['op.start'])

  clock.advance(1)

  assert.equal(namesOf(events), ['op.start', 'op.exception'])
  const { measurements, metadata } = present(events[1])
  assert.is(measurements['duration'], 500e6)
  assert.is(metadata['outcome'], 'abandoned')
  assert.is(metadata['span_id'], span.id)
  assert.is(metadata['who'], 'me')
  assert.instance(metadata['reason'], TelemetryError)
  assert.is(Reflect.get(Object(metadata['reason']), 'code'), 'span_abandoned')
  assert.is(bus.stats().openSpans, 0)
})

test('a span abandoned by its deadline is reported by the bus as well', () => {
  const { clock, bus } = fixture()
  const reports = record(bus, 'telemetry.span.abandoned')
  const span = bus.startSpan('op', {}, { deadlineMs: 500 })

  clock.advance(500)

  assert.is(reports.length, 1)
  assert.equal(reports[0]?.measurements, { duration: 500e6 })
  assert.equal(keysOf(reports[0]?.metadata ?? {}), ['event', 'span_id'])
  assert.match(String(reports[0]?.metadata['event']), /^op\b/)
  assert.is(reports[0]?.metadata['span_id'], span.id)
})

test('an end after the deadline is a second end', () => {
  const { clock, bus, events } = fixture()
  const span = bus.startSpan('op', {}, { deadlineMs: 500 })
  clock.advance(500)

  span.stop()

  assert.is(events.length, 2)
  assert.is(bus.stats().doubleEnded, 1)
})

test('a span that ends in time leaves no timer behind', () => {
  const { clock, bus, events } = fixture()
  const { pending } = clock

  const span = bus.startSpan('op', {}, { deadlineMs: 500 })
  assert.is(clock.pending, pending + 1)
  span.stop()

  assert.is(clock.pending, pending)
  clock.advance(1_000)
  assert.is(events.length, 2)
})

test('options that make no sense never reach the caller', () => {
  const { clock, bus, events } = fixture()
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const deadlines = [Number.NaN, -1, Infinity, '5', null, 1n, Symbol('ms'), {}].map((deadlineMs) => ({ deadlineMs }))

  for (const options of [...deadlines, null, 1, 'x', proxy]) {
    const span = callUntyped(bus.startSpan, bus, 'op', {}, options)
    callUntyped(Reflect.get(Object(span), 'stop'), Object(span))
  }

  const starts = events.filter(({ event }) => event === 'op.start')
  assert.is(starts.length, deadlines.length + 4)
  assert.is(clock.pending, 0)
})

test('an unlistened manual span has no id, no timer and no events, and takes every call', () => {
  const clock = manualClock()
  const bus = createBus({ clock })

  const span = bus.startSpan('op', { a: 1 }, { deadlineMs: 500 })
  const events = record(bus, 'op.*')

  assert.is(span.id, '')
  assert.is(clock.pending, 0)
  assert.is(span.set({ a: 2 }).measure({ n: 1 }).fail('reason'), span)
  span.stop()
  clock.advance(500)
  assert.is(events.length, 0)
  assert.is(bus.stats().openSpans, 0)
})

test('a handler of the end that was attached after the start hears the end', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  bus.attach('start only', 'op.start', () => {})
  const span = bus.startSpan('op')
  const events = record(bus, 'op.stop')

  span.stop()

  assert.is(events.length, 1)
  assert.is(events[0]?.metadata['span_id'], span.id)
})

test('an operation starts manual spans, with deadlines too', () => {
  const { clock, bus, events } = fixture()
  const operation = bus.operation('op')

  operation.start({ who: 'me' }).stop()
  operation.start({}, { deadlineMs: 5 })
  clock.advance(5)

  assert.equal(namesOf(events), ['op.start', 'op.stop', 'op.start', 'op.exception'])
  assert.is(events[0]?.metadata['who'], 'me')
  assert.is(events[3]?.metadata['outcome'], 'abandoned')
})

test.run()
