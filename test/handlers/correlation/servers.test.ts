import { once } from 'node:events'
import { Agent, createServer, request as post, type Server } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve as serveHono } from '@hono/node-server'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import * as assert from 'uvu/assert'
import type { CorrelationAttachment } from '../../../handlers/correlation/index.ts'
import { currentContext } from '../../../src/context/current.ts'
import { instrumentHttp } from '../../../src/interop/instrument-http.ts'
import { suite } from '../../harness/suite.ts'
import { listen } from '../../interop/loopback.ts'
import { calling, correlated, PARENT, type Told, TRACE } from './setup.ts'

const test = suite('handlers/correlation/servers')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
test.after(() => agent.destroy())

/** What every server answers, after an await: the context that its handler runs in, and the body that it was sent. */
async function tell(body: unknown = ''): Promise<Told & { body: unknown }> {
  await sleep(1)
  const context = currentContext()
  return { id: context?.correlationId, trace: context?.traceId, span: context?.spanId, body }
}

/** A server of each kind, by name: it answers POST with `tell(body)` and GET /fails with an error of its handler. */
const kinds: Readonly<Record<string, (correlation: CorrelationAttachment) => Promise<Server>>> = {
  async 'node:http'(correlation) {
    return createServer(
      correlation.listener(async (request, response) => {
        if (request.url === '/fails') response.statusCode = 500
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk)
        response.end(JSON.stringify(await tell(Buffer.concat(chunks).toString())))
      }),
    )
  },
  async Express(correlation) {
    const app = express()
    app.use(correlation.express)
    app.use(express.text())
    app.get('/fails', () => {
      throw new Error('broken')
    })
    app.use(async (request, response) => void response.json(await tell(request.body)))
    app.use((_error: unknown, _request: unknown, response: express.Response, _next: unknown) => {
      response.status(500).json({ id: currentContext()?.correlationId })
    })
    return createServer(app)
  },
  async Fastify(correlation) {
    const app = fastify()
    await app.register(correlation.fastify)
    app.get('/fails', async () => {
      throw new Error('broken')
    })
    app.post('/', async (request) => tell(request.body))
    app.setErrorHandler(async (_error, _request, reply) =>
      reply.status(500).send({ id: currentContext()?.correlationId }),
    )
    await app.ready()
    return app.server
  },
  async Hono(correlation) {
    return honoServer(correlation)
  },
  async 'a fetch handler'(correlation) {
    const handler = correlation.fetch(async (request: Request) => {
      if (new URL(request.url).pathname === '/fails') return new Response('{"id":"x"}', { status: 500 })
      return Response.json(await tell(await request.text()))
    })
    // The cast: without a `createServer` option the server is an `http.Server`.
    return serveHono({ fetch: handler, port: 0, hostname: '127.0.0.1' }) as Server
  },
}

function honoServer(correlation: CorrelationAttachment): Server {
  const app = new Hono()
  app.use(correlation.hono)
  app.get('/fails', () => {
    throw new Error('broken')
  })
  app.post('/', async (context) => context.json(await tell(await context.req.text())))
  app.onError((_error, context) => context.json({ id: currentContext()?.correlationId }, 500))
  return serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
}

async function ask(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    body: 'hello',
    headers: { 'content-type': 'text/plain', ...headers },
  })
  // The cast: the servers of this file answer with it.
  const told = (await response.json()) as Told & { body: unknown }
  return { ...told, echo: response.headers.get('x-correlation-id') }
}

/** Sends the body in pieces, on the connection that was used before. */
async function askSlowly(url: string, headers: Record<string, string>): Promise<Told> {
  const request = post(url, { method: 'POST', agent, headers: { 'content-type': 'text/plain', ...headers } })
  const answered = once(request, 'response')
  for (let piece = 0; piece < 3; piece++) {
    request.write('x'.repeat(30_000))
    await sleep(5)
  }
  request.end()
  const [response] = await answered
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return JSON.parse(text)
}

for (const [kind, create] of Object.entries(kinds)) {
  test(`${kind}: a request runs in the context that it brings, its body read too, and the answer has the id`, async () => {
    const { correlation } = correlated()
    await using server = await listen(await create(correlation))
    const { id, trace, span, body, echo } = await ask(server.url, calling)
    assert.equal(
      { id, trace, span, body, echo },
      { id: 'order-17', trace: TRACE, span: PARENT, body: 'hello', echo: 'order-17' },
    )
  })

  test(`${kind}: one that brings nothing gets ids of its own, another one each time`, async () => {
    const { correlation } = correlated()
    await using server = await listen(await create(correlation))
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(server.url)))
    assert.is(new Set(answers.map(({ trace }) => trace)).size, 20)
    for (const { id, trace, echo } of answers) assert.equal([id, echo], [trace, trace])
  })

  test(`${kind}: what is hostile is neither taken nor sent back`, async () => {
    const { correlation, events } = correlated()
    await using server = await listen(await create(correlation))
    const { id, trace, echo } = await ask(server.url, { 'x-correlation-id': '<script>alert(1)</script>' })
    assert.equal([id, echo], [trace, trace])
    assert.equal(
      events.map(({ event }) => event),
      ['telemetry.correlation.rejected'],
    )
    assert.equal(events[0]?.metadata, { header: 'x-correlation-id', reason: 'malformed' })
    assert.equal(events[0]?.measurements, { length: 25 })
  })

  test(`${kind}: an answer that is an error has the id too`, async () => {
    const { correlation } = correlated()
    await using server = await listen(await create(correlation))
    const response = await fetch(`${server.url}/fails`, { headers: calling })
    await response.text()
    assert.equal([response.status, response.headers.get('x-correlation-id')], [500, 'order-17'])
  })

  test(`${kind}: with instrumentHttp a request runs within its span, also after a body that comes slowly`, async () => {
    const { bus, correlation, events } = correlated()
    const restore = instrumentHttp(bus, { client: false })
    await using server = await listen(await create(correlation))
    for (const id of ['order-1', 'order-2']) {
      const { id: told, trace, span } = await askSlowly(server.url, { ...calling, 'x-correlation-id': id })
      const start = events.find(({ event, metadata }) => event.endsWith('.start') && metadata['correlation_id'] === id)
      assert.equal([told, trace, span], [id, TRACE, start?.metadata['span_id']])
    }
    restore()
  })

  test(`${kind}: without echo the answer has no id, and once detached there is no context`, async () => {
    const { correlation } = correlated({ echo: false })
    await using server = await listen(await create(correlation))
    assert.equal((await ask(server.url, calling)).echo, null)
    correlation.detach()
    const { id, echo } = await ask(server.url, calling)
    assert.equal([id, echo], [undefined, null])
  })
}

test('node:http2 runs in the context of each stream', async () => {
  const { correlation } = correlated()
  const server = createHttp2Server(
    correlation.listener(async (_request, response) => response.end(JSON.stringify(await tell()))),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // The cast: a server that listens on TCP has an address and a port.
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const stream = client.request({ ':path': '/', ...calling })
  let echo: unknown
  stream.on('response', (headers) => {
    echo = headers['x-correlation-id']
  })
  let body = ''
  for await (const chunk of stream) body += String(chunk)
  assert.equal([JSON.parse(body).id, JSON.parse(body).trace, echo], ['order-17', TRACE, 'order-17'])
  client.close()
  server.close()
})

test('Fastify: routes of other plugins have the context, registered before or nested', async () => {
  const { correlation } = correlated()
  const app = fastify()
  await app.register(correlation.fastify)
  await app.register(async (nested) => {
    nested.post('/', async () => tell())
  })
  await app.ready()
  await using server = await listen(app.server)
  assert.is((await ask(server.url, calling)).id, 'order-17')
})

test.run()
