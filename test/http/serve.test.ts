import { connect } from 'node:net'
import * as assert from 'uvu/assert'
import { TelemetryError } from '../../src/core/errors.ts'
import { createHttpServer, type HttpServer, type Route, serve } from '../../src/http/index.ts'
import { suite } from '../harness/suite.ts'
import { rawRequest, statuses } from './raw-request.ts'

const test = suite<{ server: HttpServer; errors: unknown[] }>('http/serve')
const secret = 'token-0123456789abcdef'

const routes: Route[] = [
  { path: '/hello', handle: (_request, response) => void response.end('hello') },
  { path: '/control', methods: ['POST'], handle: (_request, response) => void response.end('done') },
  { path: '/health', public: true, handle: (_request, response) => void response.end('ok') },
  {
    path: '/throws',
    handle: () => {
      throw new Error('password=hunter2')
    },
  },
  { path: '/rejects', handle: () => Promise.reject(new Error('password=hunter2')) },
  {
    path: '/breaks',
    handle: (_request, response) => {
      response.write('half')
      throw new Error('later')
    },
  },
  { path: '/hangs', handle: () => {} },
]

test.before.each(async (context) => {
  context.errors = []
  context.server = await serve({ routes, port: 0, onError: (error) => context.errors.push(error) })
})
test.after.each(({ server }) => server.close())

function get(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n')
}

test('a route answers on 127.0.0.1 and nowhere else by default', async ({ server }) => {
  assert.is(server.url, `http://127.0.0.1:${server.port}`)
  const response = await fetch(`${server.url}/hello?x=%zz`)
  assert.is(await response.text(), 'hello')
  assert.is(response.headers.get('x-content-type-options'), 'nosniff')
  assert.is(response.headers.get('cache-control'), 'no-store')
})

test('HEAD has the headers and no body', async ({ server }) => {
  const answer = await rawRequest(server.port, get('/hello').replace('GET', 'HEAD'))
  assert.equal(statuses(answer), [200])
  assert.ok(answer.endsWith('\r\n\r\n'))
})

test('every route is refused to a Host that is not on the list', async ({ server }) => {
  for (const path of ['/hello', '/health', '/nowhere', '/control', 'http://localhost/hello']) {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1@evil.example', '']) {
      const answer = await rawRequest(server.port, get(path).replace('localhost\r\n', `${host}\r\n`))
      assert.equal(statuses(answer), [421], `${path} for ${host}`)
      assert.ok(answer.endsWith('\r\n\r\nMisdirected request\n'))
    }
  }
})

test('a request without Host is refused, of HTTP/1.0 too', async ({ server }) => {
  assert.equal(statuses(await rawRequest(server.port, 'GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n')), [400])
  assert.equal(statuses(await rawRequest(server.port, 'GET /hello HTTP/1.0\r\n\r\n')), [421])
  assert.equal(statuses(await rawRequest(server.port, 'GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n')), [200])
})

test('two Host headers are a bad request', async ({ server }) => {
  assert.equal(statuses(await rawRequest(server.port, get('/hello', 'Host: evil.example'))), [400])
  assert.equal(statuses(await rawRequest(server.port, get('/hello', 'hOST: localhost'))), [400])
})

test('tricks with path, method and framing are answered with 4xx and never 5xx', async ({ server }) => {
  const long = `/${'a'.repeat(9_000)}`
  const expected: [string, number][] = [
    [get('//hello'), 404],
    [get('/%2e%2e/hello'), 404],
    [get('/hello%00'), 404],
    [get('/%zz'), 404],
    [get('/__proto__'), 404],
    [get('http://localhost/hello'), 400],
    [get(long), 431],
    [get('/hello', `X: ${'a'.repeat(9_000)}`), 431],
    [get('/hello').replace('GET', 'POST'), 405],
    [get('/hello').replace('GET', 'TRACE'), 405],
    [get('/control'), 405],
    [get('*').replace('GET', 'OPTIONS'), 400],
    [get('/hello').replace('GET', 'BREW'), 400],
    [get('/hello', 'Transfer-Encoding: chunked', 'Content-Length: 5'), 400],
    [get('/hello', 'Content-Length: 5', 'Content-Length: 6'), 400],
    [get('/hello', 'Transfer-Encoding: chunked, identity'), 400],
    [get('/hello', 'Bad Header: x'), 400],
    ['\x16\x03\x01\x02\x00\x01\x00\x01', 400],
  ]
  for (const [bytes, status] of expected) {
    assert.equal(statuses(await rawRequest(server.port, bytes)), [status], JSON.stringify(bytes.slice(0, 60)))
  }
  assert.is(await (await fetch(`${server.url}/hello`)).text(), 'hello')
})

test('405 says which methods are answered', async ({ server }) => {
  const response = await fetch(`${server.url}/hello`, { method: 'DELETE' })
  assert.is(response.headers.get('allow'), 'GET, HEAD')
  assert.is((await fetch(`${server.url}/control`, { method: 'POST' })).status, 200)
})

test('pipelined requests are answered in order', async ({ server }) => {
  const open = get('/hello').replace('Connection: close\r\n', '')
  assert.equal(
    statuses(
      await rawRequest(server.port, open + get('/nowhere').replace('Connection: close\r\n', '') + get('/hello')),
    ),
    [200, 404, 200],
  )
})

test('a route that throws or rejects is a constant 500 and is reported', async ({ server, errors }) => {
  for (const path of ['/throws', '/rejects']) {
    const response = await fetch(server.url + path)
    assert.is(response.status, 500)
    assert.is(await response.text(), 'Internal error\n')
  }
  assert.is(errors.length, 2)
})

test('a route that throws in the middle of its answer cuts the connection', async ({ server, errors }) => {
  const answer = await rawRequest(server.port, get('/breaks'))
  assert.not.match(answer, '0\r\n\r\n')
  assert.is(errors.length, 1)
})

test('a reporter that throws harms nobody', async () => {
  const onError = () => {
    throw new Error('reporter')
  }
  const server = await serve({ routes, port: 0, onError })
  assert.is((await fetch(`${server.url}/throws`)).status, 500)
  assert.is((await fetch(`${server.url}/hello`)).status, 200)
  await server.close()
})

test('with a token every route needs it but public ones, and unknown paths are not told apart', async () => {
  const server = await serve({ routes, port: 0, token: secret })
  const status = async (path: string, authorization?: string) =>
    (await fetch(server.url + path, authorization === undefined ? {} : { headers: { authorization } })).status
  assert.is(await status('/hello'), 401)
  assert.is(await status('/nowhere'), 401)
  assert.is(await status('/hello', `Bearer ${secret}x`), 401)
  assert.is(await status('/hello', `Basic ${secret}`), 401)
  assert.is(await status('/hello', `Bearer ${secret}`), 200)
  assert.is(await status('/nowhere', `Bearer ${secret}`), 404)
  assert.is(await status('/health'), 200)
  const refused = await rawRequest(server.port, get('/hello'))
  assert.match(refused, /www-authenticate: Bearer/i)
  await server.close()
})

test('another address than loopback with a token is served under its own name', async () => {
  const server = await serve({ routes, port: 0, host: '0.0.0.0', token: secret, allowedHosts: ['metrics.example'] })
  const asked = (host: string) => get('/hello', `Authorization: Bearer ${secret}`).replace('localhost', host)
  assert.equal(statuses(await rawRequest(server.port, asked('metrics.example:80'))), [200])
  assert.equal(statuses(await rawRequest(server.port, asked('other.example'))), [421])
  await server.close()
})

test('a port in use is said in one line with the way out', async ({ server }) => {
  try {
    await serve({ routes, port: server.port })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, TelemetryError)
    if (!(error instanceof TelemetryError)) return
    assert.is(error.code, 'address_in_use')
    assert.is(
      error.message,
      `[sonde] http: port ${server.port} on 127.0.0.1 is in use; choose another 'port', or 0 for any free one`,
    )
    assert.instance(error.cause, Error)
  }
})

test('an address of another machine cannot be listened to', async () => {
  try {
    await serve({ routes, port: 0, host: '192.0.2.1', token: secret })
    assert.unreachable()
  } catch (error) {
    assert.ok(error instanceof TelemetryError && error.code === 'invalid_option')
  }
})

test('close ends idle and busy connections, frees the port and can be repeated', async ({ server }) => {
  const busy = rawRequest(server.port, get('/hangs'))
  const idle = connect(server.port, '127.0.0.1')
  const ended = new Promise((resolve) => idle.on('close', resolve))
  idle.on('error', () => {})
  await new Promise((resolve) => idle.on('connect', resolve))
  await fetch(`${server.url}/hello`)
  await server.close()
  assert.is(await busy, '')
  await ended
  await server.close()
  const again = await serve({ routes, port: server.port })
  await again.close()
})

test('an error of the listening socket later on is not uncaught', async () => {
  const server = createHttpServer({ routes })
  assert.is(server.listenerCount('error'), 1)
})

test('the limits against slow and many clients are set', () => {
  const server = createHttpServer({ routes })
  assert.is(server.headersTimeout, 5_000)
  assert.is(server.requestTimeout, 10_000)
  assert.is(server.keepAliveTimeout, 5_000)
  assert.is(server.timeout, 30_000)
  assert.is(server.maxConnections, 128)
})

test('a client that drips its headers is cut off while others are served', async ({ server }) => {
  const begun = performance.now()
  const slow = Array.from({ length: 50 }, () =>
    rawRequest(server.port, 'GET /hello HTTP/1.1\r\nHost: localhost\r\nX: '),
  )
  assert.is((await fetch(`${server.url}/hello`)).status, 200)
  for (const answer of await Promise.all(slow)) assert.equal(statuses(answer), [408])
  const seconds = (performance.now() - begun) / 1_000
  assert.ok(seconds < 9, `${seconds} s`)
})

test.run()
