import Fastify, { type FastifyInstance } from 'fastify'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { getEach, instrumented } from './loopback.ts'

const test = suite('interop/fastify-routes')
const STOP = 'http.server.request.stop'

function makeApp(): FastifyInstance {
  const app = Fastify()
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/guarded')) await reply.code(401).send('no')
  })
  app.get('/users/:id', async () => 'user')
  app.get('/guarded/:id', async () => 'never')
  app.register(
    async (scope) => {
      scope.get('/boom', async () => {
        throw new Error('boom')
      })
    },
    { prefix: '/api' },
  )
  return app
}

test('the route is the pattern with its prefix, also of handlers that throw and hooks that refuse', async () => {
  const { events, detach } = instrumented(STOP)
  const app = makeApp()
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  await getEach(url, ['/users/7?x=1', '/api/boom', '/guarded/1', '/nothing'], events)
  assert.equal(
    events.map(({ metadata }) => [metadata.route, metadata.status_code]),
    [
      ['/users/:id', 200],
      ['/api/boom', 500],
      ['/guarded/:id', 401],
      [undefined, 404],
    ],
  )
  await app.close()
  detach()
})

test('an app made before is known by its handlers', async () => {
  const app = makeApp()
  const { events, detach } = instrumented(STOP)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  await getEach(url, ['/users/7', '/guarded/1'], events)
  assert.equal(
    events.map(({ metadata }) => metadata.route),
    ['/users/:id', undefined],
  )
  await app.close()
  detach()
})

test('an app goes on when the instrumentation has been taken away, and injected requests are none', async () => {
  const { events, detach } = instrumented('http.server.request.*')
  const app = makeApp()
  assert.is((await app.inject('/users/7')).body, 'user')
  assert.is(events.length, 0)
  detach()
  assert.is((await app.inject('/users/7')).body, 'user')
  await app.close()
})

test.run()
