import { channel } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import express, { type ErrorRequestHandler } from 'express'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { get, getEach, instrumented, listen, type Recorded, serve, until } from './loopback.ts'

const test = suite('interop/express-routes')
const STOP = 'http.server.request.stop'

const quiet: ErrorRequestHandler = (_error, _request, response, _next) => void response.status(500).send('failed')

/** An app whose routers are mounted two deep, the outer one on a parameter. */
function makeApp(): express.Express {
  const posts = express.Router()
  posts.get('/', (_request, response) => void response.send('posts'))
  posts.get('/:post', (_request, response) => void response.send('post'))
  posts.get('/boom/now', () => {
    throw new Error('boom')
  })
  posts.get('/boom/later', async () => {
    throw new Error('boom')
  })
  const org = express.Router()
  org.use((_request, _response, next) => next())
  org.use('/posts', posts)
  const app = express()
  app.use((_request, _response, next) => next())
  app.use('/orgs/:org', org)
  app.get('/users/:id', (_request, response) => void response.send('user'))
  app.get(['/a', '/b'], (_request, response) => void response.send('either'))
  app.get(/^\/regexp/, (_request, response) => void response.send('regexp'))
  app.use('/static', (_request, response) => void response.send('static'))
  app.use(quiet)
  return app
}

async function routesOf(paths: readonly string[]): Promise<unknown[]> {
  const { events, detach } = instrumented(STOP)
  await using server = await listen(createServer(makeApp()))
  await getEach(server.url, paths, events)
  detach()
  return events.map(({ metadata }) => metadata.route)
}

test('the route is the pattern, also in routers that are mounted on parameters', async () => {
  const paths = ['/users/7', '/orgs/7/posts/8', '/ORGS/9/posts', '/orgs/7/posts/']
  assert.equal(await routesOf(paths), ['/users/:id', '/orgs/:org/posts/:post', '/orgs/:org/posts', '/orgs/:org/posts'])
})

test('a handler that throws or rejects leaves the route whole and the status 500', async () => {
  const { events, detach } = instrumented(STOP)
  await using server = await listen(createServer(makeApp()))
  for (const when of ['now', 'later']) assert.is(await get(`${server.url}/orgs/7/posts/boom/${when}`), 'failed')
  await until(() => events.length === 2)
  const seen = events.map(({ metadata }) => [metadata.route, metadata.status_code, metadata.outcome])
  assert.equal(seen, [
    ['/orgs/:org/posts/boom/now', 500, 'error'],
    ['/orgs/:org/posts/boom/later', 500, 'error'],
  ])
  detach()
})

test('of several patterns it is the one that matched, and a RegExp is its source', async () => {
  assert.equal(await routesOf(['/b', '/regexp/1']), ['/b', '/^\\/regexp/'])
})

test('middleware and what is not found have no route', async () => {
  assert.equal(await routesOf(['/static/file', '/nothing']), [undefined, undefined])
})

test('an older Express, which publishes nothing, has left the route on the request', async () => {
  const { events, detach } = instrumented(STOP)
  await using server = await serve((request, response) => {
    Object.assign(request, { baseUrl: '/api', route: { path: request.url === '/root' ? '/' : ['/x/:id', '/y/:id'] } })
    response.end()
  })
  await get(`${server.url}/root`)
  await get(`${server.url}/x`)
  await until(() => events.length === 2)
  assert.equal(
    events.map(({ metadata }) => metadata.route),
    ['/api', '/api/x/:id|/y/:id'],
  )
  detach()
})

test('Express is listened to only while somebody listens to the requests', async () => {
  const { bus, events, detach } = instrumented(STOP)
  const app = express()
  app.get('/', (_request, response) => void response.send('hello'))
  await using server = await listen(createServer(app))
  const start = channel('tracing:express.router.request:start')

  await get(server.url)
  await until(() => events.length === 1)
  assert.is(start.hasSubscribers, true)
  bus.detach('recorder')
  await get(server.url)
  assert.is(start.hasSubscribers, false)
  detach()
})

test('the response of an app is the same with and without instrumentation', async () => {
  const bodies = async (): Promise<string[]> => {
    await using server = await listen(createServer(makeApp()))
    const all: string[] = []
    for (const path of ['/users/7', '/orgs/7/posts/boom/now', '/b', '/nothing']) all.push(await get(server.url + path))
    return all
  }
  const before = await bodies()
  const events: Recorded[] = []
  const { detach } = instrumented(STOP)
  assert.equal(await bodies(), before)
  assert.is(events.length, 0)
  detach()
})

test.run()
