import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import { createBus } from '../../../src/core/bus.ts'
import { TelemetryError } from '../../../src/core/errors.ts'
import type { Bus } from '../../../src/core/types.ts'
import { fromChannel } from '../../../src/interop/diagnostics-channel/from-channel.ts'
import { toChannels } from '../../../src/interop/diagnostics-channel/to-channels.ts'
import { namesOf, record } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { uncaughtDuring } from '../uncaught.ts'

const test = suite('interop/diagnostics-channel/to-channels')

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** What is published on a channel until it is disposed of. */
function heardOn(name: string) {
  const messages: unknown[] = []
  const listener = (message: unknown) => void messages.push(message)
  subscribe(name, listener)
  return { messages, [Symbol.dispose]: () => void unsubscribe(name, listener) }
}

test('events are published on the channel of their name', () => {
  const bus = createBus()
  using _out = toChannels(bus, ['shop.**'])
  using heard = heardOn('sonde:shop.order.placed')
  bus.execute('shop.order.placed', { total: 12 }, { customer: 'a' })
  bus.execute('shop.order.cancelled', { total: 12 })
  bus.execute('other', {})
  assert.equal(heard.messages, [
    { event: 'shop.order.placed', measurements: { total: 12 }, metadata: { customer: 'a' } },
  ])
})

test('spans are published by their three names', () => {
  const bus = createBus()
  using _out = toChannels(bus, 'work.*')
  using starts = heardOn('sonde:work.start')
  using stops = heardOn('sonde:work.stop')
  bus.span('work', {}, () => 1)
  assert.is(starts.messages.length, 1)
  assert.is(stops.messages.length, 1)
})

test('the prefix can be another or none', () => {
  const bus = createBus()
  using _bare = toChannels(bus, ['shop.**'], { prefix: '', id: 'bare' })
  using _app = toChannels(bus, ['shop.**'], { prefix: 'app/', id: 'app' })
  using bare = heardOn('shop.order')
  using app = heardOn('app/shop.order')
  bus.execute('shop.order', {})
  assert.is(bare.messages.length, 1)
  assert.is(app.messages.length, 1)
})

test('a subscriber that throws is an uncaughtException, and nobody else sees it', async () => {
  const bus = createBus()
  const failures = record(bus, 'telemetry.handler.failure')
  using _out = toChannels(bus, ['shop.**'])
  const other = record(bus, 'shop.**')
  const broken = () => {
    throw new Error('broken')
  }
  subscribe('sonde:shop.order', broken)
  using heard = heardOn('sonde:shop.order')
  const uncaught = await uncaughtDuring(() => {
    bus.execute('shop.order', {})
    bus.execute('shop.order', {})
  })
  unsubscribe('sonde:shop.order', broken)
  assert.is(uncaught.length, 2)
  assert.is(heard.messages.length, 2)
  assert.is(other.length, 2)
  assert.is(failures.length, 0)
})

test('names that nobody subscribed to make no channels', () => {
  const bus = createBus()
  using _out = toChannels(bus, ['**'])
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 200_000; i++) bus.execute(`from.outside.${i}`, {})
  collect()
  const grown = process.memoryUsage().heapUsed - before
  // A channel takes 400 bytes or more until it is collected, and its name in Node's table longer.
  assert.ok(grown < 4 * 2 ** 20, `grew by ${grown} bytes`)
})

test('after its end nothing is published', () => {
  const bus = createBus()
  const detach = toChannels(bus, ['shop.**'])
  using heard = heardOn('sonde:shop.order')
  assert.is(detach(), true)
  assert.is(detach(), false)
  bus.execute('shop.order', {})
  assert.is(heard.messages.length, 0)
  assert.equal(bus.listHandlers(), [])
})

test('what a bus publishes and takes in again does not even begin to go round', () => {
  const bus = createBus()
  const events = record(bus, 'shop.**')
  using _out = toChannels(bus, ['**'])
  using _in = fromChannel(bus, 'sonde:shop.order', { event: 'shop.order' })
  using _renamed = fromChannel(bus, 'sonde:shop.order', { event: 'shop.copy' })
  bus.execute('shop.order', {})
  assert.equal(namesOf(events), ['shop.order'])
  channel('sonde:shop.order').publish({})
  assert.equal(namesOf(events).sort(), ['shop.copy', 'shop.order', 'shop.order'])
  assert.is(bus.stats().dropped, 0)
})

test('two buses that publish and take in the same channel stop after one round', () => {
  const [one, two] = [createBus(), createBus()]
  const join = (bus: Bus) => [toChannels(bus, ['**']), fromChannel(bus, 'sonde:shop.order', { event: 'shop.order' })]
  const seen = { one: record(one, 'shop.**'), two: record(two, 'shop.**') }
  const joined = [...join(one), ...join(two)]
  one.execute('shop.order', {})
  assert.is(seen.two.length, 1)
  assert.ok(seen.one.length <= 2)
  assert.is(one.stats().dropped + two.stats().dropped, 0)
  for (const detach of joined) detach()
})

test('one bus hears what another publishes', () => {
  const [worker, host] = [createBus(), createBus()]
  const events = record(host, 'worker.**')
  using _out = toChannels(worker, ['job.**'])
  using _in = fromChannel<{ measurements: Record<string, number> }>(host, 'sonde:job.done', {
    event: 'worker.job.done',
    measurements: ({ measurements }) => measurements,
  })
  worker.execute('job.done', { size: 7 })
  assert.equal(events, [{ event: 'worker.job.done', measurements: { size: 7 }, metadata: {} }])
})

test('bad patterns and options throw and attach nothing', () => {
  const bus = createBus()
  const wrong: [unknown, unknown, string][] = [
    [[], {}, 'invalid_pattern'],
    [7, {}, 'invalid_pattern'],
    ['a b', {}, 'invalid_pattern'],
    [['a'], null, 'invalid_option'],
    [['a'], { prefix: 7 }, 'invalid_option'],
    [['a'], { suffix: 'x' }, 'invalid_option'],
    [['a'], { id: '' }, 'invalid_id'],
  ]
  for (const [patterns, options, code] of wrong) {
    assert.throws(
      // @ts-expect-error wrong on purpose
      () => toChannels(bus, patterns, options),
      (error: unknown) => error instanceof TelemetryError && error.code === code,
    )
  }
  using _out = toChannels(bus, ['a'])
  assert.throws(() => toChannels(bus, ['a']), /channels/)
  assert.is(bus.listHandlers().length, 1)
})

test.run()
