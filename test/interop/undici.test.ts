import { channel } from 'node:diagnostics_channel'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { get, instrumented, phase, serve, until } from './loopback.ts'

const test = suite('interop/undici')
const CLIENT = 'http.client.request.*'

test('fetch is one start and one stop with method and host', async () => {
  const { events, detach } = instrumented(CLIENT)
  await using server = await serve((_request, response) => void response.end('hello'))
  await get(`${server.url}/a?token=1`)
  await until(() => events.length === 2)

  const [start, stop] = events
  assert.is(start?.measurements.active, 1)
  assert.is(stop?.event, 'http.client.request.stop')
  assert.is(stop?.metadata.method, 'GET')
  assert.is(stop?.metadata.host, `127.0.0.1:${server.port}`)
  assert.is(stop?.metadata.status_code, 200)
  assert.is(stop?.measurements.response_size, 5)
  assert.is(stop?.measurements.active, 0)
  assert.not.match(JSON.stringify(events), /token/)
  detach()
})

test('each redirect is a request of its own', async () => {
  const { events, detach } = instrumented('http.client.request.stop')
  await using server = await serve(({ url }, response) => {
    if (url === '/to') response.end()
    else response.writeHead(302, { location: '/to' }).end()
  })
  await get(`${server.url}/from`)
  await until(() => events.length === 2)
  assert.equal(
    events.map(({ metadata }) => metadata.status_code),
    [302, 200],
  )
  detach()
})

test('a status of 400 or more is the outcome error', async () => {
  const { events, detach } = instrumented('http.client.request.stop')
  await using server = await serve((_request, response) => void response.writeHead(503).end())
  await get(server.url)
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.outcome, 'error')
  assert.is(events[0]?.metadata.error_type, '503')
  detach()
})

test('a connection that is refused is an exception with its code', async () => {
  const { events, detach } = instrumented('http.client.request.exception')
  const closed = await serve(() => {})
  await closed[Symbol.asyncDispose]()
  await get(closed.url).catch(() => {})
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.error_type, 'ECONNREFUSED')
  assert.is(events[0]?.metadata.outcome, 'exception')
  detach()
})

test('a fetch that is aborted is the outcome aborted, with the status when the head was there', async () => {
  const { events, detach } = instrumented('http.client.request.exception')
  await using server = await serve(({ url }, response) => {
    if (url === '/head') response.write('part')
  })
  const controller = new AbortController()
  const silent = fetch(server.url, { signal: controller.signal }).catch(() => {})
  setImmediate(() => controller.abort())
  await silent
  const response = await fetch(`${server.url}/head`)
  await response.body?.cancel()
  await until(() => events.length === 2)
  for (const { metadata } of events) assert.is(metadata.outcome, 'aborted')
  assert.not.ok('status_code' in (events[0]?.metadata ?? {}))
  assert.is(events[1]?.metadata.status_code, 200)
  detach()
})

test('a fetch that takes too long says so in its error type', async () => {
  const { events, detach } = instrumented('http.client.request.exception')
  await using server = await serve(() => {})
  await get(server.url, { signal: AbortSignal.timeout(1) }).catch(() => {})
  await get(server.url, { signal: AbortSignal.timeout(50) }).catch(() => {})
  await until(() => events.length >= 1)
  assert.is(events.at(-1)?.metadata.error_type, 'TimeoutError')
  detach()
})

test('a response that is never read ends when its body has arrived', async () => {
  const { events, detach } = instrumented('http.client.request.stop')
  await using server = await serve((_request, response) => void response.end('hello'))
  const unread = await fetch(server.url)
  await until(() => events.length === 1)
  assert.is(unread.status, 200)
  detach()
})

test('upgrades and tunnels are left out: undici never tells of their end', () => {
  const { bus, events, detach } = instrumented(CLIENT)
  const create = channel('undici:request:create')
  create.publish({ request: { origin: 'http://a', path: '/', method: 'GET', upgrade: 'websocket' } })
  create.publish({ request: { origin: 'http://a', path: '/', method: 'CONNECT' } })
  assert.is(events.length, 0)
  assert.is(bus.stats().openSpans, 0)
  detach()
})

test('messages of another shape are left alone', () => {
  const { events, detach } = instrumented(CLIENT)
  for (const name of ['create', 'headers', 'trailers', 'error']) {
    for (const message of [undefined, null, {}, { request: 7 }]) channel(`undici:request:${name}`).publish(message)
  }
  assert.is(events.length, 0)
  detach()
})

test('an error after the end does not end it twice', () => {
  const { bus, events, detach } = instrumented(CLIENT)
  const request = { origin: 'http://a.example', path: '/', method: 'GET' }
  channel('undici:request:create').publish({ request })
  channel('undici:request:trailers').publish({ request, trailers: [] })
  channel('undici:request:error').publish({ request, error: new Error('late') })
  assert.is(events.length, 2)
  assert.is(bus.stats().doubleEnded, 0)
  detach()
})

test('two hundred fetches at once leave none active', async () => {
  const { bus, events, detach } = instrumented(CLIENT)
  await using server = await serve(({ url }, response) => {
    if (Number(url?.slice(1)) % 4 === 0) response.destroy()
    else response.end('hello')
  })
  await Promise.all(Array.from({ length: 200 }, (_, id) => get(`${server.url}/${id}`).catch(() => {})))
  await until(() => events.length === 2 * phase(events, 'start').length)
  assert.is(events.at(-1)?.measurements.active, 0)
  assert.is(bus.stats().openSpans, 0)
  detach()
})

test.run()
