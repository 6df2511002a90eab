import type { Server } from 'node:http'
import { serve as serveHono } from '@hono/node-server'
import { Hono } from 'hono'
import * as assert from 'uvu/assert'
import { honoRoute } from '../../src/interop/hono-route.ts'
import { suite } from '../harness/suite.ts'
import { get, getEach, instrumented, listen, until } from './loopback.ts'

const test = suite('interop/hono-route')
const STOP = 'http.server.request.stop'

/** The app, served by `@hono/node-server` over Node's `http`. */
function start(app: Hono) {
  // The cast: without a `createServer` option the server is an `http.Server`.
  return listen(serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server)
}

function addRoutes(app: Hono): Hono {
  const posts = new Hono().get('/:post', (context) => context.text('post'))
  app.use('*', async (_context, next) => next())
  app.get('/users/:id', (context) => context.text('user'))
  app.route('/api/posts', posts)
  app.get('/boom', () => {
    throw new Error('boom')
  })
  app.onError((_error, context) => context.text('failed', 500))
  return app
}

test('the route is the pattern, also in mounted apps and of handlers that throw', async () => {
  const { events, detach } = instrumented(STOP)
  const app = new Hono()
  app.use(honoRoute())
  await using server = await start(addRoutes(app))
  await getEach(server.url, ['/users/7?x=1', '/api/posts/8', '/boom'], events)
  assert.equal(
    events.map(({ metadata }) => [metadata.route, metadata.status_code]),
    [
      ['/users/:id', 200],
      ['/api/posts/:post', 200],
      ['/boom', 500],
    ],
  )
  detach()
})

test('what is not found has no route', async () => {
  const { events, detach } = instrumented(STOP)
  const app = new Hono()
  app.use(honoRoute())
  app.get('/users/:id', (context) => context.text('user'))
  await using server = await start(app)
  await get(`${server.url}/nothing`)
  await until(() => events.length === 1)
  assert.not.ok('route' in (events[0]?.metadata ?? {}))
  detach()
})

test('without the middleware there is no route, and the request is told of all the same', async () => {
  const { events, detach } = instrumented(STOP)
  await using server = await start(addRoutes(new Hono()))
  await get(`${server.url}/users/7`)
  await until(() => events.length === 1)
  assert.not.ok('route' in (events[0]?.metadata ?? {}))
  assert.is(events[0]?.metadata.status_code, 200)
  detach()
})

test('outside of Node the middleware does nothing', async () => {
  const app = new Hono()
  app.use(honoRoute())
  const response = await addRoutes(app).request('/users/7')
  assert.is(await response.text(), 'user')
})

test.run()
