import { connect } from 'node:net'
import * as assert from 'uvu/assert'
import { attachMetrics } from '../../handlers/metrics/index.ts'
import { attachOtlp } from '../../handlers/otlp/index.ts'
import { attachStatsd } from '../../handlers/statsd/index.ts'
import { createBus } from '../../src/core/bus.ts'
import { post } from '../../src/delivery/post.ts'
import { suppressInstrumentation } from '../../src/delivery/suppress-instrumentation.ts'
import { instrumentHttp } from '../../src/interop/instrument-http.ts'
import { instrumentNet } from '../../src/interop/instrument-net.ts'
import { counter } from '../../src/metrics/define.ts'
import { namesOf, record } from '../core/recorder.ts'
import { startHttpReceiver } from '../handlers/otlp/receiver.ts'
import { suite } from '../harness/suite.ts'
import { serve, until } from './loopback.ts'
import { closed, listen } from './net/listen.ts'

const test = suite('interop and the traffic of exporters')

/** A bus that is told of what this process opens and asks for. The receivers are in this process too: what they accept is theirs. */
function instrumented() {
  const bus = createBus()
  const restore = [instrumentHttp(bus, { server: false }), instrumentNet(bus, { server: false })]
  return {
    bus,
    events: record(bus, 'http.client.**', 'net.client.**', 'net.udp.**'),
    [Symbol.dispose]() {
      for (const detach of restore) detach()
    },
  }
}

test('what post sends is told of neither as a request nor as a connection', async () => {
  using work = instrumented()
  await using server = await serve((_request, response) => void response.end())
  for (const body of ['one', 'two']) assert.is((await post(server.url, body)).outcome, 'delivered')
  assert.is(work.events.length, 0)
})

test('an OTLP exporter of these very events exports none of its own making', async () => {
  using work = instrumented()
  const receiver = await startHttpReceiver()
  const environment = {}
  const otlp = attachOtlp(work.bus, { logs: ['http.**', 'net.**'], endpoint: receiver.url, environment })
  await using server = await serve((_request, response) => void response.end('hello'))
  await (await fetch(server.url)).text()
  await until(() => work.events.some(({ event }) => event === 'http.client.request.stop'))

  for (let turn = 0; turn < 20; turn++) await otlp.flush()
  assert.is(receiver.requests.length, 1)
  assert.is(work.events.filter(({ event }) => event.endsWith('.start')).length, 2)
  otlp.detach()
  await receiver.close()
})

test('the sockets of the StatsD handler are left out, over UDP and over TCP', async () => {
  using work = instrumented()
  await using server = await listen((socket) => void socket.resume())
  const metrics = attachMetrics(work.bus, { metrics: [counter('net.client.connection.start.count')] })
  const statsd = [
    attachStatsd(work.bus, { id: 'udp', store: metrics.store, port: server.port }),
    attachStatsd(work.bus, { id: 'tcp', store: metrics.store, port: server.port, protocol: 'tcp' }),
  ]
  await closed(connect(server.port, '127.0.0.1').destroy())
  await Promise.all(statsd.map(({ flush }) => flush()))
  for (const { detach } of statsd) detach()
  metrics.detach()
  assert.equal(namesOf(work.events), ['net.client.connection.start', 'net.client.connection.exception'])
})

test('an exporter of the program says that what it opens is its own', async () => {
  using work = instrumented()
  await using server = await listen((socket) => socket.end())
  await closed(suppressInstrumentation(() => connect(server.port, '127.0.0.1')).resume())
  assert.is(work.events.length, 0)
  await closed(connect(server.port, '127.0.0.1').resume())
  assert.is(work.events.length, 2)
})

test('a handler that connects at once for each connection does not go round', async () => {
  using work = instrumented()
  await using server = await listen((socket) => socket.end())
  const sockets: Promise<void>[] = []
  work.bus.attach('exporter', 'net.client.connection.*', () => {
    sockets.push(closed(connect(server.port, '127.0.0.1').resume()))
  })
  await closed(connect(server.port, '127.0.0.1').resume())
  await Promise.all(sockets)
  assert.is(work.events.length, 2)
  assert.is(sockets.length, 2)
})

test.run()
