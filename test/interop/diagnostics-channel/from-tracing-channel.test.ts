import { tracingChannel } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { createBus } from '../../../src/core/bus.ts'
import { TelemetryError } from '../../../src/core/errors.ts'
import type { Metadata } from '../../../src/core/types.ts'
import { fromTracingChannel } from '../../../src/interop/diagnostics-channel/from-tracing-channel.ts'
import { namesOf, present, record } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { uncaughtDuring } from '../uncaught.ts'
import { subscribed } from './sub-channels.ts'
import { channel, traced } from './traced.ts'

const test = suite('interop/diagnostics-channel/from-tracing-channel')

function fail(): never {
  throw new Error('broken')
}

test('metadata is read at the start and again at the end, measurements at the end', () => {
  using work = traced({
    metadata: ({ query, result }) => ({ query, ...(result !== undefined && { found: true }) }),
    measurements: ({ result }) => ({ rows: Array.isArray(result) ? result.length : 0 }),
  })
  channel.traceSync(() => ['a', 'b'], { query: 'select' })
  const [start, stop] = work.events
  assert.is(start?.metadata['query'], 'select')
  assert.not.ok('found' in present(start).metadata)
  assert.not.ok('rows' in present(start).measurements)
  assert.is(stop?.metadata['query'], 'select')
  assert.is(stop?.metadata['found'], true)
  assert.is(stop?.measurements['rows'], 2)
})

test('calls to ignore are left out, and a function that throws ignores none', () => {
  using work = traced({
    ignore: ({ table }) => {
      if (table === undefined) fail()
      return table === 'sessions'
    },
  })
  channel.traceSync(() => 1, { table: 'sessions' })
  assert.is(work.events.length, 0)
  channel.traceSync(() => 1, { table: 'users' })
  channel.traceSync(() => 1, {})
  assert.is(work.events.length, 4)
})

test('functions that throw or return junk are counted and left out, and nothing becomes uncaught', async () => {
  const junk: unknown[] = [undefined, null, 7, 'text', [1], Promise.reject(new Error('late')), Promise.resolve({})]
  const uncaught = await uncaughtDuring(() => {
    for (const made of junk) {
      // The casts: junk on purpose.
      using work = traced({ metadata: () => made as Metadata, measurements: () => made as Metadata })
      channel.traceSync(() => 1, {})
      assert.equal(namesOf(work.events), ['work.start', 'work.stop'])
      assert.is(work.bus.stats().invalid, 3)
    }
    using work = traced({ metadata: fail, measurements: fail })
    channel.traceSync(() => 1, {})
    assert.is(work.events.length, 2)
    assert.is(work.bus.stats().invalid, 3)
  })
  assert.equal(uncaught, [])
})

test('it is subscribed only while somebody listens, and until the last call has ended', async () => {
  const bus = createBus()
  using _channel = fromTracingChannel(bus, 'test', { event: 'work' })
  assert.equal(subscribed('test'), [])
  const unrelated = bus.attach('unrelated', 'other.**', () => {})
  assert.equal(subscribed('test'), [])
  const detach = bus.attach('listener', 'work.stop', () => {})
  assert.is(subscribed('test').length, 5)

  const promise = channel.tracePromise(() => sleep(1), {})
  detach()
  unrelated()
  assert.is(subscribed('test').length, 5)
  await promise
  assert.equal(subscribed('test'), [])
  assert.is(bus.stats().openSpans, 0)
})

test('a handler that is attached by a pattern, or was attached before, is enough', () => {
  const bus = createBus()
  bus.attach('everything', '**', () => {})
  using _channel = fromTracingChannel(bus, 'test', { event: 'work' })
  assert.is(subscribed('test').length, 5)
})

test('a rule that silences the operation and is lifted loses no start', () => {
  using work = traced()
  work.bus.control({ enabled: false })
  channel.traceSync(() => 1, {})
  assert.is(work.events.length, 0)
  work.bus.control({ enabled: true })
  channel.traceSync(() => 1, {})
  assert.is(work.events.length, 2)
})

test('after its end nothing is told of and nothing is subscribed', () => {
  const bus = createBus()
  const events = record(bus, 'work.*')
  const detach = fromTracingChannel(bus, 'test', { event: 'work' })
  assert.is(detach(), true)
  assert.is(detach(), false)
  assert.equal(subscribed('test'), [])
  bus.attach('late', 'work.*', () => {})
  assert.equal(subscribed('test'), [])
  channel.traceSync(() => 1, {})
  assert.is(events.length, 0)
})

test('closing the bus leaves no subscription behind', async () => {
  using work = traced()
  await work.bus.close()
  assert.equal(subscribed('test'), [])
})

test('without an event the name of the channel is made one', () => {
  const names = {
    'mysql2:query': 'mysql2.query',
    '@scope/pkg:call': 'scope.pkg.call',
    'a.b-c_d': 'a.b-c_d',
    '..a..': 'a',
  }
  for (const [name, expected] of Object.entries(names)) {
    const bus = createBus()
    const events = record(bus, '**')
    using _channel = fromTracingChannel(bus, name)
    tracingChannel(name).traceSync(() => 1, {})
    assert.equal(namesOf(events), [`${expected}.start`, `${expected}.stop`])
  }
})

test('two buses are told of the same call, once each', () => {
  using one = traced()
  using two = traced()
  channel.traceSync(() => 1, {})
  assert.is(one.events.length, 2)
  assert.is(two.events.length, 2)
})

test('bad names and options throw and subscribe nothing', () => {
  const bus = createBus()
  const wrong: [unknown, unknown, string][] = [
    [undefined, {}, 'invalid_option'],
    ['', {}, 'invalid_option'],
    [7, {}, 'invalid_option'],
    [Symbol('s'), {}, 'invalid_option'],
    ['tracing:test:start', {}, 'invalid_option'],
    ['::', {}, 'invalid_name'],
    ['é', {}, 'invalid_name'],
    ['test', null, 'invalid_option'],
    ['test', { event: 'a b' }, 'invalid_name'],
    ['test', { event: 7 }, 'invalid_option'],
    ['test', { event: 'a.'.repeat(15).concat('a') }, 'invalid_name'],
    ['test', { metadata: {} }, 'invalid_option'],
    ['test', { measurements: 'rows' }, 'invalid_option'],
    ['test', { ignore: /x/ }, 'invalid_option'],
    ['test', { meta: () => ({}) }, 'invalid_option'],
  ]
  for (const [name, options, code] of wrong) {
    assert.throws(
      // @ts-expect-error wrong on purpose
      () => fromTracingChannel(bus, name, options),
      (error: unknown) => error instanceof TelemetryError && error.code === code,
    )
  }
  bus.attach('everything', '**', () => {})
  assert.equal(subscribed('test'), [])
})

test.run()
