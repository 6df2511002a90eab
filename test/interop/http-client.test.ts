import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { instrumented, phase, serve, until } from './loopback.ts'

const test = suite('interop/http-client')
const CLIENT = 'http.client.request.*'

interface Sending {
  onRequest?(request: ClientRequest): void
  onResponse?(response: IncomingMessage, request: ClientRequest): void
}

/** Sends a request and waits until it has closed. */
function send(port: number, options: RequestOptions = {}, { onRequest, onResponse }: Sending = {}): Promise<void> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, ...options }, (response) => {
      response.on('error', () => {})
      if (onResponse === undefined) response.resume()
      else onResponse(response, sent)
    })
    sent.on('error', () => {})
    sent.on('close', resolve)
    onRequest?.(sent)
    sent.end()
  })
}

test('http.request is a start and a stop with method and host', async () => {
  const { events, detach } = instrumented(CLIENT)
  await using server = await serve((_request, response) => void response.end('hello'))
  await send(server.port, { path: '/secret?token=1', auth: 'user:password' })
  await until(() => events.length === 2)

  const [start, stop] = events
  assert.is(start?.event, 'http.client.request.start')
  assert.is(start?.measurements.active, 1)
  assert.is(stop?.event, 'http.client.request.stop')
  assert.is(stop?.metadata.method, 'GET')
  assert.is(stop?.metadata.host, `127.0.0.1:${server.port}`)
  assert.is(stop?.metadata.status_code, 200)
  assert.is(stop?.metadata.outcome, 'ok')
  assert.is(stop?.measurements.response_size, 5)
  assert.is(stop?.measurements.active, 0)
  assert.not.match(JSON.stringify(events), /secret|token|password/)
  detach()
})

test('a status of 400 or more is the outcome error', async () => {
  const { events, detach } = instrumented('http.client.request.stop')
  await using server = await serve((_request, response) => void response.writeHead(404).end())
  await send(server.port)
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.outcome, 'error')
  assert.is(events[0]?.metadata.error_type, '404')
  detach()
})

test('a connection that is refused is an exception with its code', async () => {
  const { events, detach } = instrumented(CLIENT)
  const closed = await serve(() => {})
  await closed[Symbol.asyncDispose]()
  await send(closed.port)
  await until(() => events.length === 2)
  const [, end] = events
  assert.is(end?.event, 'http.client.request.exception')
  assert.is(end?.metadata.outcome, 'exception')
  assert.is(end?.metadata.error_type, 'ECONNREFUSED')
  assert.not.ok('status_code' in (end?.metadata ?? {}))
  detach()
})

test('a signal that aborts is the outcome aborted', async () => {
  const { events, detach } = instrumented(CLIENT)
  await using server = await serve(() => {})
  const controller = new AbortController()
  const sent = send(server.port, { signal: controller.signal })
  await until(() => events.length === 1)
  controller.abort()
  await sent
  await until(() => events.length === 2)
  assert.is(events[1]?.metadata.outcome, 'aborted')
  detach()
})

test('a response that the server cuts short is an exception with the status', async () => {
  const { events, detach } = instrumented('http.client.request.exception')
  await using server = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': 10 })
    response.write('part', () => response.destroy())
  })
  await send(server.port)
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.error_type, 'ECONNRESET')
  assert.is(events[0]?.metadata.status_code, 200)
  detach()
})

test('a response that the program gives up is the outcome aborted', async () => {
  const { events, detach } = instrumented('http.client.request.exception')
  await using server = await serve((_request, response) => void response.write('part'))
  await send(server.port, {}, { onResponse: (response) => response.destroy() })
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.outcome, 'aborted')
  detach()
})

test('a request destroyed before it is sent is none', async () => {
  const { bus, events, detach } = instrumented(CLIENT)
  await send(1, {}, { onRequest: (sent) => sent.destroy() })
  assert.is(events.length, 0)
  assert.is(bus.stats().openSpans, 0)
  detach()
})

test('an upgrade ends when the connection is handed over', async () => {
  const { events, detach } = instrumented('http.client.request.stop')
  await using server = await serve(() => {})
  server.server.on('upgrade', (_request, socket) => {
    socket.end('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n')
  })
  const headers = { connection: 'upgrade', upgrade: 'echo' }
  await send(server.port, { headers }, { onRequest: (sent) => sent.on('upgrade', (_r, socket) => socket.destroy()) })
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.status_code, 101)
  detach()
})

test('requests on a kept connection each end when their body has been read', async () => {
  const { bus, events, detach } = instrumented(CLIENT)
  await using server = await serve((_request, response) => void response.end('hello'))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await Promise.all(Array.from({ length: 50 }, () => send(server.port, { agent })))
  agent.destroy()
  await until(() => events.length === 100)
  assert.is(events.at(-1)?.measurements.active, 0)
  assert.is(phase(events, 'stop').length, 50)
  assert.is(bus.stats().openSpans, 0)
  detach()
})

test('an informational response is not the response', async () => {
  const { events, detach } = instrumented('http.client.request.stop')
  await using server = await serve((_request, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' })
    response.end('hello')
  })
  await send(server.port)
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.status_code, 200)
  detach()
})

test('requests to ignore are not told of, and an `ignoreClient` that throws ignores none', async () => {
  const { events, detach } = instrumented('http.client.request.start', {
    ignoreClient: ({ method, host, path }) => {
      if (path === '/throw') throw new Error('boom')
      return method === 'GET' && host.startsWith('127.') && path === '/ignored?x'
    },
  })
  await using server = await serve((_request, response) => void response.end())
  await send(server.port, { path: '/ignored?x' })
  await send(server.port, { path: '/throw' })
  assert.is(events.length, 1)
  detach()
})

test.run()
