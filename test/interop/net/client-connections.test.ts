import { mkdtempSync, rmSync } from 'node:fs'
import { connect, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import * as assert from 'uvu/assert'
import { namesOf } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { until } from '../loopback.ts'
import { closed, instrumentedNet, listen } from './listen.ts'

const test = suite('interop/net/client-connections')
const CLIENT = 'net.client.connection.*'

test('a connection is one start and one stop with its host, its bytes and the time it took to be made', async () => {
  using net = instrumentedNet(CLIENT)
  await using server = await listen((socket) => socket.end('hello'))
  const socket = connect(server.port, '127.0.0.1')
  socket.resume().write('hi')
  await closed(socket)

  assert.equal(namesOf(net.events), ['net.client.connection.start', 'net.client.connection.stop'])
  const [start, stop] = net.events
  assert.is(start?.measurements['active'], 1)
  assert.is(stop?.measurements['active'], 0)
  assert.is(stop?.measurements['bytes_read'], 5)
  assert.is(stop?.measurements['bytes_written'], 2)
  assert.ok(Number(stop?.measurements['connect_time']) > 0)
  assert.ok(Number(stop?.measurements['connect_time']) <= Number(stop?.measurements['duration']))
  assert.is(stop?.metadata['host'], `127.0.0.1:${server.port}`)
  assert.is(stop?.metadata['transport'], 'tcp')
  assert.is(stop?.metadata['outcome'], 'ok')
})

test('the host is the name that was asked for', async () => {
  using net = instrumentedNet(CLIENT)
  await using server = await listen((socket) => socket.end())
  await closed(connect(server.port, 'LocalHost').resume())
  assert.is(net.events[1]?.metadata['host'], `localhost:${server.port}`)
})

test('an address of IPv6 stands in brackets', async () => {
  using net = instrumentedNet(CLIENT)
  await closed(connect(1, '::1'))
  assert.is(net.events[1]?.metadata['host'], '[::1]:1')
})

test('a connection over a Unix socket has no host: its path may hold anything', async () => {
  using net = instrumentedNet(CLIENT)
  const folder = mkdtempSync(join(tmpdir(), 'sonde-net-'))
  const path = join(folder, 'secret.sock')
  await using _server = await listen((socket) => socket.end(), { path })
  await closed(connect(path).resume())
  rmSync(folder, { recursive: true, force: true })
  assert.is(net.events[1]?.metadata['transport'], 'unix')
  assert.not.match(JSON.stringify(net.events), 'secret')
})

test('a connection that is refused is an exception with its code', async () => {
  using net = instrumentedNet(CLIENT)
  const gone = await listen(() => {})
  await gone[Symbol.asyncDispose]()
  await closed(connect(gone.port, '127.0.0.1'))
  assert.is(net.events[1]?.event, 'net.client.connection.exception')
  assert.is(net.events[1]?.metadata['error_type'], 'ECONNREFUSED')
  assert.is(net.events[1]?.metadata['host'], `127.0.0.1:${gone.port}`)
  assert.not.ok('connect_time' in (net.events[1]?.measurements ?? {}))
})

test('a name that is not found is an exception with the name', async () => {
  using net = instrumentedNet(CLIENT)
  const notFound = Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
  const lookup = (_name: string, _options: unknown, done: (error: Error, address: string, family: number) => void) =>
    setImmediate(() => done(notFound, '', 4))
  await closed(connect({ port: 7, host: 'nowhere.invalid', lookup }))
  assert.is(net.events[1]?.metadata['error_type'], 'ENOTFOUND')
  assert.is(net.events[1]?.metadata['host'], 'nowhere.invalid')
})

test('what is no host name is not told of', async () => {
  using net = instrumentedNet(CLIENT)
  await closed(
    connect({ port: 7, host: 'user:password@x y', lookup: (_name, _options, done) => done(new Error(), '') }),
  )
  assert.is(net.events.length, 2)
  assert.not.match(JSON.stringify(net.events), 'password')
})

test('a connection that is reset is an exception after it was made', async () => {
  using net = instrumentedNet(CLIENT)
  await using server = await listen((socket) => setImmediate(() => socket.resetAndDestroy()))
  await closed(connect(server.port, '127.0.0.1').resume())
  assert.is(net.events[1]?.metadata['error_type'], 'ECONNRESET')
  assert.ok(Number(net.events[1]?.measurements['connect_time']) > 0)
})

test('a socket that is closed before it is connected has the outcome aborted', async () => {
  using net = instrumentedNet(CLIENT)
  await using server = await listen((socket) => socket.end())
  await closed(connect(server.port, '127.0.0.1').destroy())
  assert.is(net.events[1]?.event, 'net.client.connection.exception')
  assert.is(net.events[1]?.metadata['outcome'], 'aborted')
  assert.is(net.events[1]?.metadata['error_type'], 'AbortError')
})

test('an error that nobody handles stays uncaught', async () => {
  using net = instrumentedNet(CLIENT)
  const uncaught = new Promise<Error>((resolve) => process.once('uncaughtException', resolve))
  connect(1, '127.0.0.1')
  assert.match((await uncaught).message, 'ECONNREFUSED')
  await until(() => net.events.length === 2)
})

test('connections of TLS are told of from Node 22 on', async () => {
  using net = instrumentedNet(CLIENT)
  await using server = await listen((socket) => socket.end('no TLS'))
  await closed(connectTls(server.port, '127.0.0.1'))
  const told = Number(process.versions.node.split('.')[0]) >= 22
  assert.is(net.events.length, told ? 2 : 0)
})

test('a socket that connects again is another connection, where Node tells of it', async () => {
  using net = instrumentedNet(CLIENT)
  await using server = await listen((socket) => socket.end())
  const socket = new Socket()
  for (const _round of [1, 2]) {
    socket.connect(server.port, '127.0.0.1').resume()
    await closed(socket)
  }
  const told = Number(process.versions.node.split('.')[0]) >= 22
  assert.is(net.events.length, told ? 4 : 0)
  assert.is(net.bus.stats().openSpans, 0)
})

test('two hundred connections at once leave none active', async () => {
  using net = instrumentedNet(CLIENT)
  await using server = await listen((socket) => socket.end('hello'))
  const ids = Array.from({ length: 200 }, (_, id) => id)
  await Promise.all(
    ids.map((id) => {
      const socket = connect(server.port, '127.0.0.1').resume()
      if (id % 4 === 0) socket.destroy()
      return closed(socket)
    }),
  )
  assert.is(net.events.length, 400)
  assert.is(Math.max(...net.events.map(({ measurements }) => measurements['active'] ?? 0)), 200)
  assert.is(net.events.at(-1)?.measurements['active'], 0)
  assert.is(net.bus.stats().openSpans, 0)
})

test.run()
