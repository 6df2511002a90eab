import { Agent, get as httpGet, type RequestListener } from 'node:http'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { instrumentHttp } from '../../src/interop/instrument-http.ts'
import { suite } from '../harness/suite.ts'
import { get, instrumented, phase, serve, until } from './loopback.ts'

const test = suite('interop/in-flight')
const SERVER = 'http.server.request.*'
const hello: RequestListener = (_request, response) => void response.end('hello')

test('a thousand requests, two hundred at a time, leave none active, however they end', async () => {
  const { bus, events, detach } = instrumented(SERVER)
  const waiting: (() => void)[] = []
  await using server = await serve(({ url }, response) => {
    const id = Number(url?.slice(1))
    waiting.push(() => {
      if (id % 5 === 0) response.destroy()
      else if (id % 5 === 1) response.writeHead(500).end()
      else response.end('hello')
    })
    if (waiting.length === 200) for (const answer of waiting.splice(0)) answer()
  })
  const agent = new Agent({ maxSockets: 200 })
  const send = (id: number) =>
    new Promise((resolve) => {
      const request = httpGet({ agent, port: server.port, host: '127.0.0.1', path: `/${id}` }, (response) => {
        response.resume()
      })
      request.on('error', () => {})
      request.on('close', resolve)
    })
  await Promise.all(Array.from({ length: 1_000 }, (_, id) => send(id)))
  await until(() => events.length === 2_000)

  const starts = phase(events, 'start')
  assert.is(phase(events, 'stop').length, 800)
  assert.is(phase(events, 'exception').length, 200)
  assert.is(Math.max(...starts.map(({ measurements }) => measurements.active ?? 0)), 200)
  assert.is(events.at(-1)?.measurements.active, 0)
  assert.is(new Set(events.map(({ metadata }) => metadata.span_id)).size, 1_000)
  const { openSpans, doubleEnded } = bus.stats()
  assert.equal({ openSpans, doubleEnded }, { openSpans: 0, doubleEnded: 0 })
  detach()
})

test('requests that begin while nobody listens are never counted', async () => {
  const bus = createBus()
  const detach = instrumentHttp(bus)
  let answer: (() => void) | undefined
  await using server = await serve(({ url }, response) => {
    if (url === '/early') answer = () => response.end('late')
    else response.end('hello')
  })
  const early = get(`${server.url}/early`)
  await until(() => answer !== undefined)
  const actives: unknown[] = []
  bus.attach('recorder', SERVER, (_event, { active }) => void actives.push(active))
  answer?.()
  await early
  await get(server.url)
  await until(() => actives.length === 2)
  assert.equal(actives, [1, 0])
  detach()
})

test('sampling keeps or drops a request as a whole, and counts it as active all the same', async () => {
  const { bus, events, detach } = instrumented(SERVER)
  bus.control({ sampling: [{ pattern: 'http.server.request.*', rate: 0 }] })
  await using server = await serve(hello)
  await get(server.url)
  bus.control({ sampling: [] })
  await get(server.url)
  await until(() => events.length === 2)
  assert.equal(
    events.map(({ measurements }) => measurements.active),
    [1, 0],
  )
  detach()
})

test.run()
