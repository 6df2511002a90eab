import fastify from 'fastify'
import * as assert from 'uvu/assert'
import { correlate } from '../../../src/context/correlate.ts'
import { createBus } from '../../../src/core/bus.ts'
import { fromChannel } from '../../../src/interop/diagnostics-channel/from-channel.ts'
import { fromTracingChannel } from '../../../src/interop/diagnostics-channel/from-tracing-channel.ts'
import { namesOf, record } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { get, serve, until } from '../loopback.ts'

const test = suite('interop/diagnostics-channel with the real libraries')

interface HandlerContext {
  readonly route: { readonly url: string }
}

test('Fastify: each way in which a handler ends is one end, and what it does is within it', async () => {
  const bus = createBus()
  const events = record(bus, 'fastify.request.handler.*')
  const inner = record(bus, 'inner')
  using _correlated = correlate(bus)
  using _channel = fromTracingChannel<HandlerContext>(bus, 'fastify.request.handler', {
    metadata: ({ route }) => ({ route: route.url }),
  })
  const fail = () => {
    throw new Error('broken')
  }
  const app = fastify()
  app.get('/value/:id', () => 'value')
  app.get('/send', (_request, reply) => void reply.send('sent'))
  app.get('/later', (_request, reply) => void setImmediate(() => reply.send('sent')))
  app.get('/async', async () => {
    await new Promise(setImmediate)
    bus.execute('inner', {})
    return 'value'
  })
  app.get('/throws', fail)
  app.get('/rejects', async () => fail())

  for (const url of ['/value/7', '/send', '/later', '/async', '/throws', '/rejects']) await app.inject({ url })
  await app.close()
  assert.equal(
    events.map(({ event, metadata }) => `${String(metadata['route'])} ${event.split('.').at(-1)}`),
    ['/value/:id', '/send', '/later', '/async', '/throws', '/rejects'].flatMap((route) => [
      `${route} start`,
      `${route} ${route === '/throws' || route === '/rejects' ? 'exception' : 'stop'}`,
    ]),
  )
  assert.is(inner[0]?.metadata['span_id'], events[6]?.metadata['span_id'])
  assert.is(bus.stats().openSpans, 0)
})

interface SentHeaders {
  readonly request: { readonly method: string; readonly path: string }
}

test('undici: each request that fetch sends is a message', async () => {
  const bus = createBus()
  const events = record(bus, 'fetch.sent')
  using _channel = fromChannel<SentHeaders>(bus, 'undici:client:sendHeaders', {
    event: 'fetch.sent',
    metadata: ({ request }) => ({ method: request.method }),
    ignore: ({ request }) => request.path === '/health',
  })
  await using server = await serve((_request, response) => void response.end('hello'))
  await get(`${server.url}/a`)
  await get(`${server.url}/health`)
  await get(`${server.url}/b`, { method: 'POST', body: 'x' })
  await until(() => events.length === 2)
  assert.equal(namesOf(events), ['fetch.sent', 'fetch.sent'])
  assert.equal(
    events.map(({ metadata }) => metadata),
    [{ method: 'GET' }, { method: 'POST' }],
  )
})

test.run()
