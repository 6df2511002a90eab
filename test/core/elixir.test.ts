/** The cases of `:telemetry`'s own suite, by their numbers in it, as this bus decides them. */
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { captureEvents } from '../../src/testing/index.ts'
import { suite } from '../harness/suite.ts'
import { captureConsoleErrors } from './console-errors.ts'
import { keysOf, namesOf, present, record } from './recorder.ts'
import { callUntyped, codeThrownBy, thrownBy } from './untyped.ts'

const test = suite('core/elixir')
const EVENT = ['a', 'test', 'event']
const NAME = 'a.test.event'
const FAILURE = 'telemetry.handler.failure'
const ignore = () => {}

test('B.1 persist_with_existing_handlers: dispatch is fast without a persist step, for handlers old and new', () => {
  const bus = createBus()
  const [measurements, metadata, config] = [{ n: 1 }, { some: 'metadata' }, { some: 'config' }]
  const calls: unknown[][] = []
  bus.attach('old', EVENT, (...call) => void calls.push(call), config)
  bus.execute(NAME, measurements, metadata)

  bus.attach('new', EVENT, (...call) => void calls.push(call), config)
  bus.execute(EVENT, measurements, metadata)

  assert.equal(calls, Array(3).fill([NAME, measurements, metadata, config]))
})

test('B.2 bad_event_names: a segment that is no string, a bare other value and an empty list are refused', () => {
  const bus = createBus()

  for (const name of [['a', 1, 'event'], Symbol('a'), []]) {
    assert.is(
      codeThrownBy(() => callUntyped(bus.attach, bus, 'h', name, ignore)),
      'invalid_pattern',
    )
  }
})

test('B.3 duplicate_attach: a second attach with the same id is refused', () => {
  const bus = createBus()
  bus.attach('h', EVENT, ignore)

  assert.is(
    codeThrownBy(() => bus.attach('h', EVENT, ignore)),
    'handler_exists',
  )
})

test('B.4 invoke_handler: the handler gets exactly what was given', () => {
  const bus = createBus()
  const calls: unknown[][] = []
  bus.attach('h', EVENT, (...call) => void calls.push(call), 'config')

  bus.execute(EVENT, { n: 1 }, { some: 'metadata' })

  assert.equal(calls, [[NAME, { n: 1 }, { some: 'metadata' }, 'config']])
})

test('B.5 list_handlers: the full name lists one record', () => {
  const bus = createBus()
  bus.attach('h', EVENT, ignore, 'config')

  assert.equal(bus.listHandlers(EVENT), [{ id: 'h', event: NAME, handler: ignore, config: 'config', state: 'active' }])
})

test('B.6 list_for_prefix: every prefix lists the handler, a longer name nothing', () => {
  const bus = createBus()
  bus.attach('h', EVENT, ignore)

  for (const prefix of [[], ['a'], ['a', 'test'], EVENT]) assert.is(bus.listHandlers(prefix).length, 1)
  assert.equal(bus.listHandlers([...EVENT, 'something']), [])
})

test("B.7 detach_on_exception: under 'detach' a throw is reported and removes the handler", () => {
  const bus = createBus({ onFailure: 'detach' })
  const failures = record(bus, FAILURE)
  const reason = new Error('got_event')
  const handler = () => {
    throw reason
  }
  bus.attach('h', EVENT, handler, 'config')

  bus.execute(EVENT, {}, {})

  const metadata = present(failures[0]?.metadata)
  assert.is(metadata['event'], NAME)
  assert.is(metadata['handler_id'], 'h')
  assert.is(metadata['config'], 'config')
  assert.is(metadata['kind'], 'throw')
  assert.is(metadata['reason'], reason)
  assert.ok(String(metadata['stacktrace']).length > 0)
  assert.equal(bus.listHandlers(EVENT), [])
  assert.is(bus.detach('unknown'), false)
})

test('B.8 no_execute_detached: a detached handler is not called', () => {
  const bus = createBus()
  let calls = 0
  bus.attach('h', EVENT, () => void calls++)
  bus.detach('h')

  bus.execute(EVENT, {})

  assert.is(calls, 0)
})

test('B.9 no_execute_on_prefix: a handler is not called for a prefix of its event', () => {
  const bus = createBus()
  const events = record(bus, NAME)

  bus.execute('a.test', {})

  assert.is(events.length, 0)
})

test('B.10 no_execute_on_specific: a handler is not called for a longer name than its event', () => {
  const bus = createBus()
  const events = record(bus, 'a.test')

  bus.execute('a.test.event.specific', {})

  assert.is(events.length, 0)
})

const three = ['a.first.star', 'a.second.star', 'a.third.star']

test('B.11 handler_on_multiple_events: each emit calls the handler with its own name', () => {
  const bus = createBus()
  const events = record(bus, ...three)

  for (const name of three) bus.execute(name, {})

  assert.equal(namesOf(events), three)
})

test("B.12 remove_all_handler_on_failure: under 'detach' failing on one event removes it from all", () => {
  const bus = createBus({ onFailure: 'detach' })
  record(bus, FAILURE)
  const handler = () => {
    throw new Error('broken')
  }
  bus.attachMany('h', three, handler)

  bus.execute(three[0] ?? '', {})

  for (const name of three) assert.equal(bus.listHandlers(name), [])
})

test('B.13 list_handler_on_many: each event lists the handler under its own name', () => {
  const bus = createBus()
  bus.attachMany('h', three, ignore)

  for (const name of three) {
    assert.equal(
      bus.listHandlers(name).map(({ id, event }) => [id, event]),
      [['h', name]],
    )
  }
})

test('B.14 detach_from_all: detach removes the handler from every event', () => {
  const bus = createBus()
  bus.attachMany('h', three, ignore)

  bus.detach('h')

  for (const name of three) assert.equal(bus.listHandlers(name), [])
})

test('B.15 old_execute: a bare number is no measurements here, but a counted no-op', () => {
  const bus = createBus()
  const events = record(bus, NAME)

  callUntyped(bus.execute, bus, NAME, 1, {})

  assert.is(events.length, 0)
  assert.is(bus.stats().invalid, 1)
})

test('B.16 default_metadata: metadata left out is an empty object', () => {
  const bus = createBus()
  const events = record(bus, NAME)

  bus.execute(EVENT, { n: 1 })

  assert.equal(events[0]?.metadata, {})
})

test('B.17 off_execute: a closed bus takes every call', async () => {
  const bus = createBus()
  const events = record(bus, NAME)
  await bus.close()

  bus.execute(EVENT, {})

  assert.is(events.length, 0)
  assert.equal(bus.listHandlers(), [])
})

test('B.18 invoke_successful_span_handlers: exact measurements; start’s metadata is in stop, with span_id and outcome', () => {
  const bus = createBus()
  const events = record(bus, 'some.action.*')

  const result = bus.span('some.action', { some: 'start' }, (span) => {
    span.set({ more: 'stop' })
    return 'ok'
  })

  const [start, stop] = events
  const span_id = start?.metadata['span_id']
  assert.is(result, 'ok')
  assert.equal(namesOf(events), ['some.action.start', 'some.action.stop'])
  assert.equal(keysOf(start?.measurements ?? {}), ['monotonic_time', 'system_time'])
  assert.equal(start?.metadata, { some: 'start', span_id })
  assert.equal(keysOf(stop?.measurements ?? {}), ['duration', 'monotonic_time'])
  assert.equal(stop?.metadata, { some: 'start', more: 'stop', outcome: 'ok', span_id })
})

test('B.19 invoke_exception_span_handlers: the same reason reaches the caller and the exception event', () => {
  const bus = createBus()
  const events = record(bus, 'some.action.*')
  const reason = new Error('broken')

  const caught = thrownBy(() =>
    bus.span('some.action', { some: 'start' }, () => {
      throw reason
    }),
  )

  assert.is(caught, reason)
  assert.equal(namesOf(events), ['some.action.start', 'some.action.exception'])
  assert.equal(keysOf(events[1]?.measurements ?? {}), ['duration', 'monotonic_time'])
  assert.equal(keysOf(events[1]?.metadata ?? {}), ['kind', 'outcome', 'reason', 'some', 'span_id', 'stacktrace'])
  assert.is(events[1]?.metadata['reason'], reason)
})

test('B.20 spans_generate_unique_default_contexts: start and stop share a span_id, two spans do not', () => {
  const bus = createBus()
  const events = record(bus, 'some.action.*')

  bus.span('some.action', {}, ignore)
  bus.span('some.action', {}, ignore)

  const [start, stop, start2, stop2] = events.map(({ metadata }) => metadata['span_id'])
  assert.is(start, stop)
  assert.is(start2, stop2)
  assert.is.not(start, start2)
})

test('B.21 logs_on_local_function: attaching an anonymous function is nothing to warn about', () => {
  using errors = captureConsoleErrors()
  const bus = createBus()

  bus.attach('anonymous', EVENT, () => {})

  assert.equal(errors.calls, [])
})

test('B.22 invoke_successful_span_handlers_with_measurements: stop carries extra measurements', () => {
  const bus = createBus()
  const events = record(bus, 'some.action.*')

  bus.span('some.action', {}, (span) => void span.measure({ other_thing: 100, duration: 1 }))

  assert.equal(keysOf(events[1]?.measurements ?? {}), ['duration', 'monotonic_time', 'other_thing'])
  assert.is(events[1]?.measurements['other_thing'], 100)
})

test('B.23 simple_message: the test double captures events until it is detached', () => {
  const bus = createBus()
  const captured = captureEvents(bus, [NAME])

  bus.execute(EVENT, { some: 123 }, { meta: 'data' })
  captured.detach()
  bus.execute(EVENT, { some: 321 })

  assert.equal([...captured.events], [{ event: NAME, measurements: { some: 123 }, metadata: { meta: 'data' } }])
  assert.equal(bus.listHandlers(), [])
})

test.run()
