import { createServer, get as httpGet, type RequestListener } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import type { CorrelationOptions } from '../../../handlers/correlation/index.ts'
import { currentContext, withContext } from '../../../src/context/current.ts'
import { extract } from '../../../src/context/headers/extract.ts'
import { withCorrelation } from '../../../src/context/with-correlation.ts'
import { post } from '../../../src/delivery/post.ts'
import { instrumentHttp } from '../../../src/interop/instrument-http.ts'
import type { Recorded } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { type Loopback, listen, serve, until } from '../../interop/loopback.ts'
import { calling, correlated, PARENT, TRACE } from './setup.ts'

/** Contexts over HTTP, together with `instrumentHttp`. */
const test = suite('handlers/correlation/requests')

/** From Node 22.12 on `http.request` tells of a request while headers can be added. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const TELLS_OF_CREATION = major > 22 || (major === 22 && minor >= 12)

/** A bus that is correlated and told of requests, and a service whose listener runs in the context of each. */
async function service(listener: RequestListener, options?: CorrelationOptions) {
  const { bus, correlation, events } = correlated(options)
  const restore = instrumentHttp(bus)
  const server: Loopback = await listen(createServer(correlation.listener(listener)))
  return {
    bus,
    events,
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      restore()
      correlation.detach()
    },
  }
}

/** A server that remembers the headers of its last request, and knows nothing of telemetry. */
async function recipient() {
  const seen: { headers: NodeJS.Dict<string | string[]> } = { headers: {} }
  const server = await serve((request, response) => {
    seen.headers = request.headers
    response.end('x')
  })
  return { seen, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const named = (events: readonly Recorded[], name: string) => events.filter(({ event }) => event === name)

function ask(url: string, headers: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    httpGet(url, { headers }, (response) => response.resume().on('end', resolve)).on('error', reject)
  })
}

test('the request’s events, and all inside, are one trace under the caller’s span', async () => {
  await using one = await service(async (_request, response) => {
    await sleep(1)
    await one.bus.span('work', {}, () => sleep(1))
    response.end('x')
  })
  await fetch(one.server.url, { headers: calling })
  await until(() => named(one.events, 'http.server.request.stop').length === 1)

  const [start] = named(one.events, 'http.server.request.start')
  const [stop] = named(one.events, 'http.server.request.stop')
  const [work] = named(one.events, 'work.start')
  for (const event of [start, stop]) {
    assert.equal(
      [event?.metadata['correlation_id'], event?.metadata['trace_id'], event?.metadata['parent_span_id']],
      ['order-17', TRACE, PARENT],
    )
  }
  assert.is(stop?.metadata['span_id'], start?.metadata['span_id'])
  assert.equal([work?.metadata['trace_id'], work?.metadata['parent_span_id']], [TRACE, start?.metadata['span_id']])
})

test('side by side on one keep-alive connection, requests keep their own ids', async () => {
  await using one = await service(async (request, response) => {
    await sleep(Number(request.url?.slice(1)) % 3)
    response.end(currentContext()?.correlationId)
  })
  const ids = Array.from({ length: 200 }, (_, i) => `order-${i}`)
  const answers = await Promise.all(
    ids.map(async (id, i) => {
      const response = await fetch(`${one.server.url}/${i}`, { headers: { 'x-correlation-id': id } })
      return response.text()
    }),
  )
  assert.equal(answers, ids)
})

test('fetch takes the context to a host that is named, with its own span as the parent', async () => {
  await using two = await recipient()
  await using one = await service(
    async (_request, response) => {
      await (await fetch(two.server.url)).text()
      response.end('x')
    },
    { sendTo: ['127.0.0.1'] },
  )
  await ask(one.server.url, calling)
  await until(() => named(one.events, 'http.client.request.stop').length >= 1)

  const client = named(one.events, 'http.client.request.start').find(
    ({ metadata }) => metadata['host'] === `127.0.0.1:${two.server.port}`,
  )
  const [server] = named(one.events, 'http.server.request.start')
  assert.equal([client?.metadata['trace_id'], client?.metadata['parent_span_id']], [TRACE, server?.metadata['span_id']])
  assert.is(two.seen.headers['x-correlation-id'], 'order-17')
  assert.is(two.seen.headers['traceparent'], `00-${TRACE}-${client?.metadata['span_id']}-01`)
})

test('http.request takes it along too, where Node lets it', async () => {
  await using two = await recipient()
  await using one = await service(() => {}, { sendTo: ['127.0.0.1'] })
  await withCorrelation('order-17', () => ask(two.server.url))
  await until(() => named(one.events, 'http.client.request.stop').length === 1)
  const [start] = named(one.events, 'http.client.request.start')
  assert.is(start?.metadata['correlation_id'], 'order-17')
  const expected = `00-${start?.metadata['trace_id']}-${start?.metadata['span_id']}-03`
  assert.is(two.seen.headers['traceparent'], TELLS_OF_CREATION ? expected : undefined)
  assert.is(two.seen.headers['x-correlation-id'], TELLS_OF_CREATION ? 'order-17' : undefined)
})

test('what the program has set itself stays', async () => {
  await using two = await recipient()
  await using one = await service(() => {}, { sendTo: ['127.0.0.1'] })
  const own = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`, 'x-correlation-id': 'mine' }
  for (const send of [ask, (url: string, headers: typeof own) => fetch(url, { headers })]) {
    await withContext(
      extract({ ...calling, tracestate: 'vendor=1' }),
      async () => void (await send(two.server.url, own)),
    )
    assert.equal(
      [two.seen.headers['traceparent'], two.seen.headers['x-correlation-id'], two.seen.headers['tracestate']],
      [own.traceparent, 'mine', undefined],
    )
  }
  assert.is(named(one.events, 'http.client.request.start').length, 2)
})

test('nothing goes to a host that is not named, nor with what this library itself sends', async () => {
  await using two = await recipient()
  await using other = await service(() => {}, { sendTo: ['localhost', '*.internal', '127.0.0.1:1'] })
  const carried = () => Object.keys(two.seen.headers).filter((name) => /^(trace|baggage|x-)/.test(name))
  await withCorrelation('order-17', () => fetch(two.server.url))
  assert.equal(carried(), [])
  other.events.length = 0

  await using one = await service(() => {}, { sendTo: [`127.0.0.1:${two.server.port}`] })
  await withCorrelation('order-17', () => post(two.server.url, 'x'))
  assert.equal(carried(), [])
  assert.equal(
    [...named(one.events, 'http.client.request.start'), ...named(other.events, 'http.client.request.start')],
    [],
  )
  await withCorrelation('order-17', () => fetch(two.server.url))
  assert.equal(carried(), ['traceparent', 'x-correlation-id'])
})

test('outside of any context nothing is sent along', async () => {
  await using two = await recipient()
  await using _one = await service(() => {}, { sendTo: ['*'] })
  await fetch(two.server.url)
  assert.not.ok('traceparent' in two.seen.headers)
})

test('a request without a listener for its events still brings and takes its context', async () => {
  const { bus, correlation } = correlated({ sendTo: ['*'] })
  bus.detach('recorder:**')
  const restore = instrumentHttp(bus)
  await using two = await recipient()
  await using one = await listen(
    createServer(
      correlation.listener(async (_request, response) => {
        await (await fetch(two.server.url)).text()
        response.end(currentContext()?.spanId)
      }),
    ),
  )
  const response = await fetch(one.url, { headers: calling })
  assert.is(await response.text(), PARENT)
  assert.is(two.seen.headers['traceparent'], `00-${TRACE}-${PARENT}-01`)
  restore()
  correlation.detach()
})

test.run()
