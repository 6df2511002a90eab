import type { RequestListener } from 'node:http'
import * as assert from 'uvu/assert'
import { setHttpRoute } from '../../src/interop/known-routes.ts'
import { suite } from '../harness/suite.ts'
import { get, instrumented, serve, until, writeRaw } from './loopback.ts'

const test = suite('interop/route-finder')
const SERVER = 'http.server.request.*'
const hello: RequestListener = (_request, response) => void response.end('hello')

test('a path without a route is one of 256 buckets, the same for every query', async () => {
  const { events, detach } = instrumented('http.server.request.stop')
  await using server = await serve(hello)
  await get(`${server.url}/greet?name=x`)
  await get(`${server.url}/greet?name=y`)
  await get(`${server.url}/other`)
  await until(() => events.length === 3)

  const hashes = events.map(({ metadata }) => metadata.path_hash)
  assert.match(String(hashes[0]), /^[0-9a-f]{2}$/)
  assert.is(hashes[0], hashes[1])
  assert.is.not(hashes[0], hashes[2])
  for (const { metadata } of events) assert.not.ok('route' in metadata)
  detach()
})

test('a template of `routes` is the route from the start on', async () => {
  const { events, detach } = instrumented(SERVER, { routes: ['/users/:id'] })
  await using server = await serve(hello)
  await get(`${server.url}/users/7?x=1`)
  await until(() => events.length === 2)

  for (const { metadata } of events) {
    assert.is(metadata.route, '/users/:id')
    assert.not.ok('path_hash' in metadata)
  }
  detach()
})

test('`route` goes before a template, and is asked when the response is there', async () => {
  const seen: number[] = []
  const { events, detach } = instrumented('http.server.request.stop', {
    routes: ['/:x'],
    route: (_request, response) => {
      seen.push(response.statusCode)
      return '/mine'
    },
  })
  await using server = await serve((_request, response) => void response.writeHead(201).end())
  await get(`${server.url}/a`)
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.route, '/mine')
  assert.equal(seen, [201])
  detach()
})

test('a `route` or `ignore` that throws is taken for silent', async () => {
  const boom = () => {
    throw new Error('boom')
  }
  const { events, detach } = instrumented('http.server.request.stop', { route: boom, ignore: boom })
  await using server = await serve(hello)
  assert.is(await get(server.url), 'hello')
  await until(() => events.length === 1)
  assert.ok('path_hash' in (events[0]?.metadata ?? {}))
  detach()
})

test('a route that is no string, empty, endless or malformed is none', async () => {
  const wrong: unknown[] = [7, '', 'x'.repeat(257), '\uD800', null]
  const { events, detach } = instrumented('http.server.request.stop', {
    // @ts-expect-error hostile on purpose
    route: () => wrong[events.length],
  })
  await using server = await serve(hello)
  for (const _ of wrong) await get(server.url)
  await until(() => events.length === wrong.length)
  for (const { metadata } of events) assert.not.ok('route' in metadata)
  detach()
})

test('after a thousand routes further ones are buckets, and known ones still routes', async () => {
  const { events, detach } = instrumented('http.server.request.stop', { route: ({ url }) => url })
  await using server = await serve(hello)
  const paths = [...Array.from({ length: 1_001 }, (_, id) => `/${id}`), '/0']
  await writeRaw(server.port, paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''))
  await until(() => events.length === 1_002)
  assert.is(events[999]?.metadata.route, '/999')
  assert.not.ok('route' in (events[1_000]?.metadata ?? {}))
  assert.ok('path_hash' in (events[1_000]?.metadata ?? {}))
  assert.is(events[1_001]?.metadata.route, '/0')
  detach()
})

test('a program can tell the route of a request itself', async () => {
  const { events, detach } = instrumented('http.server.request.stop')
  await using server = await serve((request, response) => {
    setHttpRoute(request, '/told/:id')
    response.end()
  })
  await get(`${server.url}/told/1`)
  await until(() => events.length === 1)
  assert.is(events[0]?.metadata.route, '/told/:id')
  detach()
})

test.run()
