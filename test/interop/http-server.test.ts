import type { RequestListener } from 'node:http'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { serve as serveRoutes } from '../../src/http/serve.ts'
import { instrumentHttp } from '../../src/interop/instrument-http.ts'
import { suite } from '../harness/suite.ts'
import { get, instrumented, phase, serve, until, writeRaw } from './loopback.ts'

const test = suite('interop/http-server')
const SERVER = 'http.server.request.*'
const hello: RequestListener = (_request, response) => void response.end('hello')

test('a request is a start and a stop with the same span id', async () => {
  const { events, detach } = instrumented(SERVER)
  await using server = await serve(hello)
  await get(`${server.url}/greet?name=x`)
  await until(() => events.length === 2)

  const [start, stop] = events
  assert.is(start?.event, 'http.server.request.start')
  assert.is(start?.measurements.active, 1)
  assert.equal(Object.keys(start?.metadata ?? {}).sort(), ['method', 'span_id'])
  assert.is(stop?.event, 'http.server.request.stop')
  assert.is(stop?.metadata.span_id, start?.metadata.span_id)
  assert.is(stop?.metadata.method, 'GET')
  assert.is(stop?.metadata.status_code, 200)
  assert.is(stop?.metadata.outcome, 'ok')
  assert.is(stop?.measurements.active, 0)
  assert.is(stop?.measurements.response_size, 5)
  assert.ok((stop?.measurements.duration ?? 0) > 0)
  detach()
})

test('a status of 500 or more is the outcome error, 404 is not', async () => {
  const { events, detach } = instrumented(SERVER)
  await using server = await serve(({ url }, response) => void response.writeHead(Number(url?.slice(1))).end())
  await get(`${server.url}/503`)
  await get(`${server.url}/404`)
  await until(() => events.length === 4)

  const [failed, missing] = phase(events, 'stop')
  assert.is(failed?.metadata.outcome, 'error')
  assert.is(failed?.metadata.error_type, '503')
  assert.is(failed?.metadata.status_code, 503)
  assert.is(missing?.metadata.outcome, 'ok')
  assert.not.ok('error_type' in (missing?.metadata ?? {}))
  detach()
})

test('a client that goes away before the head of the response is outcome aborted, without a status', async () => {
  const { events, detach } = instrumented(SERVER)
  await using server = await serve(() => {})
  const cut = await writeRaw(server.port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => events.length === 1)
  cut()
  await until(() => events.length === 2)

  const [, end] = events
  assert.is(end?.event, 'http.server.request.exception')
  assert.is(end?.metadata.outcome, 'aborted')
  assert.is(end?.metadata.error_type, 'AbortError')
  assert.not.ok('status_code' in (end?.metadata ?? {}))
  assert.is(end?.measurements.active, 0)
  detach()
})

test('a client that goes away in the middle of the body leaves the status that was sent', async () => {
  const { events, detach } = instrumented(SERVER)
  await using server = await serve((_request, response) => void response.writeHead(202).write('part'))
  const cut = await writeRaw(server.port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await until(() => events.length === 1)
  cut()
  await until(() => events.length === 2)
  assert.is(events[1]?.metadata.outcome, 'aborted')
  assert.is(events[1]?.metadata.status_code, 202)
  assert.not.ok('response_size' in (events[1]?.measurements ?? {}))
  detach()
})

test('an error that closed the connection is the reason', async () => {
  const { events, detach } = instrumented('http.server.request.exception')
  const broken = new RangeError('broken')
  await using server = await serve((request, response) => {
    response.on('error', () => {})
    request.on('error', () => {})
    if (request.url === '/response') response.destroy(broken)
    else request.destroy(broken)
  })
  await get(`${server.url}/response`).catch(() => {})
  await get(`${server.url}/request`).catch(() => {})
  await until(() => events.length === 2)
  for (const { metadata } of events) {
    assert.is(metadata.outcome, 'exception')
    assert.is(metadata.reason, broken)
    assert.is(metadata.error_type, 'RangeError')
  }
  detach()
})

test('every request of a pipeline ends, also one whose turn never came', async () => {
  const { bus, events, detach } = instrumented(SERVER)
  await using server = await serve(({ url }, response) => {
    if (url === '/2') response.end('not its turn')
  })
  const one = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
  const cut = await writeRaw(server.port, one('/1') + one('/2') + one('/3'))
  await until(() => phase(events, 'start').length === 3)
  cut()
  await until(() => phase(events, 'exception').length === 3)
  assert.is(events.at(-1)?.measurements.active, 0)
  assert.is(bus.stats().openSpans, 0)
  detach()
})

test('requests on one connection each have their own span, and leave no listeners on it', async () => {
  const { events, detach } = instrumented(SERVER)
  let listeners = 0
  await using server = await serve(({ socket }, response) => {
    listeners = Math.max(listeners, socket.listenerCount('close'))
    response.end('hello')
  })
  await get(server.url)
  const first = listeners
  for (let i = 0; i < 20; i++) await get(server.url)
  await until(() => events.length === 42)
  assert.is(new Set(events.map(({ metadata }) => metadata.span_id)).size, 21)
  assert.is(listeners, first)
  detach()
})

test('hostile methods and targets are served and told of as any other', async () => {
  const { events, detach } = instrumented(SERVER)
  await using server = await serve(hello)
  const targets = ['*', '/%00%FF', '//evil', '/?a#b', `/${'a'.repeat(8_000)}`, 'http://u:p@h/x', '/__proto__']
  for (const target of targets) {
    await writeRaw(server.port, `PROPFIND ${target} HTTP/1.1\r\nHost: x\r\n\r\n`)
  }
  await until(() => events.length === 2 * targets.length)
  for (const { metadata } of events) assert.is(metadata.method, '_OTHER')
  for (const { metadata } of phase(events, 'stop')) assert.match(String(metadata.path_hash), /^[0-9a-f]{2}$/)
  detach()
})

test('bytes that are no request are none', async () => {
  const { events, detach } = instrumented(SERVER)
  await using server = await serve(hello)
  let refused = false
  server.server.on('clientError', (_error, socket) => {
    refused = true
    socket.destroy()
  })
  await writeRaw(server.port, 'NOT HTTP\r\n\r\n')
  await until(() => refused)
  assert.is(events.length, 0)
  detach()
})

test('the size of a body is told when it is known: not in chunks, and 0 for HEAD', async () => {
  const { events, detach } = instrumented('http.server.request.stop')
  await using server = await serve(({ url }, response) => {
    if (url === '/chunks') response.write('a')
    else if (url === '/set') response.setHeader('content-length', '3')
    response.end('bcd')
  })
  await get(`${server.url}/chunks`)
  await get(`${server.url}/set`)
  await get(`${server.url}/set`, { method: 'HEAD' })
  await until(() => events.length === 3)
  assert.equal(
    events.map(({ measurements }) => measurements.response_size),
    [undefined, 3, 0],
  )
  detach()
})

test('requests to ignore are not told of', async () => {
  const { events, detach } = instrumented(SERVER, { ignore: ({ url }) => url === '/metrics' })
  await using server = await serve(hello)
  await get(`${server.url}/metrics`)
  await get(`${server.url}/other`)
  await until(() => events.length === 2)
  assert.is(events[0]?.measurements.active, 1)
  detach()
})

test('a request under way when the instrumentation is taken away still ends', async () => {
  const { events, detach } = instrumented(SERVER)
  let answer: (() => void) | undefined
  let hungUp = false
  await using server = await serve(({ socket }, response) => {
    socket.once('close', () => {
      hungUp = true
    })
    answer = () => response.end('late')
  })
  const pending = get(server.url)
  await until(() => answer !== undefined)
  detach()
  answer?.()
  await pending
  await until(() => events.length === 2)
  assert.is(hungUp, false)
  assert.is(events[1]?.event, 'http.server.request.stop')
  assert.is(events[1]?.metadata.status_code, 200)
})

test('a request ends once however many things tell of it, and also when its listeners are taken away', async () => {
  const { bus, events, detach } = instrumented(SERVER)
  await using server = await serve((request, response) => {
    response.removeAllListeners('close')
    request.socket.removeAllListeners('close')
    response.end('hello')
  })
  await get(server.url)
  await until(() => events.length === 2)
  assert.is(events[1]?.measurements.active, 0)
  assert.is(bus.stats().doubleEnded, 0)
  detach()
})

test('a handler of the bus that throws never reaches the request', async () => {
  const bus = createBus()
  bus.attach('quiet', 'telemetry.handler.failure', () => {})
  let thrown = 0
  bus.attach(
    'broken',
    SERVER,
    () => {
      thrown++
      throw new Error('broken handler')
    },
    undefined,
    { onFailure: 'keep' },
  )
  const detach = instrumentHttp(bus)
  await using server = await serve(hello)
  assert.is(await get(server.url), 'hello')
  await until(() => thrown === 2)
  detach()
})

test('what a server of sonde/http answers is left out', async () => {
  const { events, detach } = instrumented('http.server.request.*')
  const own = await serveRoutes({
    port: 0,
    routes: [{ path: '/metrics', handle: (_request, response) => void response.end() }],
  })
  await get(`${own.url}/metrics`)
  await using server = await serve((_request, response) => void response.end())
  await get(server.url)
  await until(() => events.length === 2)
  assert.equal(
    events.map(({ measurements }) => measurements['active']),
    [1, 0],
  )
  await own.close()
  detach()
})

test.run()
