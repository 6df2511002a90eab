import { createSocket } from 'node:dgram'
import { channel } from 'node:diagnostics_channel'
import { connect } from 'node:net'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import { instrumentNet } from '../../src/interop/instrument-net.ts'
import { record } from '../core/recorder.ts'
import { suite } from '../harness/suite.ts'
import { until } from './loopback.ts'
import { closed, instrumentedNet, listen } from './net/listen.ts'

const test = suite('interop/instrument-net')
const CHANNELS = ['net.client.socket', 'net.server.socket', 'tracing:net.server.listen:asyncStart', 'udp.socket']

function subscribed(): string[] {
  return CHANNELS.filter((name) => channel(name).hasSubscribers)
}

test('each channel is subscribed to only while somebody listens to what comes of it', () => {
  const bus = createBus()
  const detach = instrumentNet(bus)
  bus.attach('unrelated', 'http.**', () => {})
  assert.equal(subscribed(), [])
  const one = bus.attach('one', 'net.client.connection.stop', () => {})
  assert.equal(subscribed(), ['net.client.socket'])
  const all = bus.attach('all', 'net.**', () => {})
  assert.equal(subscribed(), CHANNELS)
  all()
  assert.equal(subscribed(), ['net.client.socket'])
  detach()
  assert.equal(subscribed(), [])
  one()
  assert.equal(subscribed(), [])
})

test('after its end nothing begins, and what is open still ends', async () => {
  const bus = createBus()
  const events = record(bus, 'net.*.connection.*')
  const detach = instrumentNet(bus)
  await using server = await listen((socket) => void socket.resume())
  const socket = connect(server.port, '127.0.0.1')
  await until(() => events.length === 2)
  assert.is(detach(), true)
  assert.is(detach(), false)
  await closed(connect(server.port, '127.0.0.1').destroy())
  assert.is(events.length, 2)
  socket.end()
  await until(() => events.length === 4)
  assert.is(bus.stats().openSpans, 0)
})

test('parts can be left out', async () => {
  using net = instrumentedNet('net.**', { client: false, udp: false })
  await using server = await listen((socket) => socket.end())
  await closed(connect(server.port, '127.0.0.1').resume())
  await until(() => net.events.length === 4)
  for (const { event } of net.events) assert.match(event, /^net\.server\./)
})

test('what is to be ignored is left out, and a function that throws ignores nothing', async () => {
  using net = instrumentedNet('net.**', { ignore: (opened) => 'listening' in opened || !('connecting' in opened) })
  await using server = await listen((socket) => socket.end())
  await closed(connect(server.port, '127.0.0.1').resume())
  createSocket('udp4').close()
  await until(() => net.events.length === 4)
  for (const { event } of net.events) assert.match(event, /\.connection\./)

  using broken = instrumentedNet('net.udp.**', {
    ignore: () => {
      throw new Error('broken')
    },
  })
  createSocket('udp4').close()
  await until(() => broken.events.length === 2)
})

test('a second call for the same bus throws, and after the first has ended it does not', () => {
  const bus = createBus()
  const detach = instrumentNet(bus)
  assert.throws(
    () => instrumentNet(bus),
    (error: unknown) => error instanceof TelemetryError && error.code === 'already_instrumented',
  )
  detach()
  assert.is(instrumentNet(bus)(), true)
})

test('a second copy of the library sees that the bus is instrumented', async () => {
  const bus = createBus()
  const detach = instrumentNet(bus)
  // Another URL is another instance of the module.
  const copy: typeof import('../../src/interop/instrument-net.ts') = await import(
    `${new URL('../../src/interop/instrument-net.ts', import.meta.url).href}?copy`
  )
  assert.is.not(copy.instrumentNet, instrumentNet)
  assert.throws(() => copy.instrumentNet(bus), /already/)
  detach()
})

test('bad options throw and instrument nothing', () => {
  const bus = createBus()
  bus.attach('all', '**', () => {})
  for (const options of [null, 7, { client: 'yes' }, { ignore: 'x' }, { udp: 1 }, { tcp: true }]) {
    assert.throws(
      // @ts-expect-error wrong on purpose
      () => instrumentNet(bus, options),
      (error: unknown) => error instanceof TelemetryError && error.code === 'invalid_option',
    )
  }
  assert.equal(subscribed(), [])
  instrumentNet(bus)()
})

test.run()
