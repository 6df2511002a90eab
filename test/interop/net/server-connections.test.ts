import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { serve } from '../../../src/http/serve.ts'
import { namesOf } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { listen as listenHttp, until } from '../loopback.ts'
import { closed, instrumentedNet, listen } from './listen.ts'

const test = suite('interop/net/server-connections')
const SERVER = 'net.server.connection.*'

test('an accepted connection is one start and one stop with the port and its bytes', async () => {
  using net = instrumentedNet(SERVER)
  await using server = await listen((socket) => socket.resume().end('hello'))
  await closed(connect(server.port, '127.0.0.1').end('hi').resume())
  await until(() => net.events.length === 2)

  assert.equal(namesOf(net.events), ['net.server.connection.start', 'net.server.connection.stop'])
  const [start, stop] = net.events
  assert.is(start?.measurements['active'], 1)
  assert.is(start?.metadata['port'], server.port)
  assert.is(start?.metadata['transport'], 'tcp')
  assert.is(stop?.metadata['port'], server.port)
  assert.is(stop?.measurements['bytes_read'], 2)
  assert.is(stop?.measurements['bytes_written'], 5)
  assert.is(stop?.measurements['active'], 0)
})

test('nothing of the client is told', async () => {
  using net = instrumentedNet(SERVER)
  await using server = await listen((socket) => socket.end())
  const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.9' }).resume()
  await closed(socket)
  await until(() => net.events.length === 2)
  assert.not.match(JSON.stringify(net.events), '127.0.0')
})

test('a connection over a Unix socket has no port', async () => {
  using net = instrumentedNet(SERVER)
  const folder = mkdtempSync(join(tmpdir(), 'sonde-net-'))
  const path = join(folder, 'socket')
  await using _server = await listen((socket) => socket.end(), { path })
  await closed(connect(path).resume())
  await until(() => net.events.length === 2)
  rmSync(folder, { recursive: true, force: true })
  assert.is(net.events[0]?.metadata['transport'], 'unix')
  assert.not.ok('port' in (net.events[0]?.metadata ?? {}))
})

test('a connection that the client resets is an exception with its code', async () => {
  using net = instrumentedNet(SERVER)
  await using server = await listen((socket) => socket.resume())
  const socket = connect(server.port, '127.0.0.1', () => socket.resetAndDestroy())
  await until(() => net.events.length === 2)
  assert.is(net.events[1]?.metadata['error_type'], 'ECONNRESET')
})

test('a connection that the server refuses in its listener ends too', async () => {
  using net = instrumentedNet(SERVER)
  await using server = await listen((socket) => void socket.destroy())
  await closed(connect(server.port, '127.0.0.1'))
  await until(() => net.events.length === 2)
  assert.is(net.events[1]?.event, 'net.server.connection.stop')
})

test('several requests over one connection of a web server are one connection', async () => {
  using net = instrumentedNet(SERVER)
  await using server = await listenHttp(createHttpServer((_request, response) => void response.end('hello')))
  for (const _turn of [1, 2, 3]) await (await fetch(server.url)).text()
  server.server.closeIdleConnections()
  await until(() => net.events.length === 2)
})

test('connections of our own servers are left out', async () => {
  using net = instrumentedNet('net.server.**')
  const page = await serve({
    port: 0,
    routes: [{ path: '/', handle: (_request, response) => void response.end('page') }],
  })
  assert.is(await (await fetch(page.url)).text(), 'page')
  await page.close()
  assert.is(net.events.length, 0)
})

test.run()
