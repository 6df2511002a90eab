import { createServer } from 'node:http'
import { createBus } from 'sonde'
import { post } from 'sonde/delivery'
import { attachOtlp } from 'sonde/handlers/otlp'
import { instrumentHttp } from 'sonde/interop'
import { captureEvents } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { startGrpcReceiver, startHttpReceiver } from './receiver.ts'

const test = suite('handlers/otlp and its own events', { limitMs: 30_000 })

for (const [protocol, start] of [
  ['http/protobuf', startHttpReceiver],
  ['grpc', startGrpcReceiver],
] as const) {
  test(`B5: a sink that exports everything, with http instrumented, comes to rest by ${protocol}`, async () => {
    const receiver = await start()
    const bus = createBus()
    const http = instrumentHttp(bus, { server: false })
    const otlp = attachOtlp(bus, { logs: ['**'], endpoint: receiver.url, protocol, environment: {} })
    bus.execute('shop.order.placed', { items: 1 }, {})
    await otlp.flush()
    assert.is(receiver.requests.length, 1)
    for (let again = 0; again < 3; again++) await otlp.flush()
    assert.is(receiver.requests.length, 1)
    assert.equal(
      receiver.streams.records.map(({ eventName }) => eventName),
      ['shop.order.placed'],
    )
    otlp.detach()
    http()
    await receiver.close()
  })
}

test('another sink’s exports are events like all others', async () => {
  const receiver = await startHttpReceiver()
  const bus = createBus()
  const otlp = attachOtlp(bus, { logs: ['telemetry.**'], endpoint: receiver.url, environment: {} })
  bus.execute('telemetry.sink.dropped', { count: 1 }, { sink: 'statsd', reason: 'overflow' })
  bus.execute('telemetry.sink.dropped', { count: 1 }, { sink: 'otlp.logs', reason: 'overflow' })
  await otlp.flush()
  assert.is(receiver.streams.records.length, 1)
  otlp.detach()
  await receiver.close()
})

test('requests of post are not reported by instrumentHttp, and those of the program are', async () => {
  const server = createServer((_request, response) => void response.end()).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  const bus = createBus()
  const { events, waitFor } = captureEvents(bus, 'http.client.**')
  const http = instrumentHttp(bus, { server: false })
  assert.is((await post(url, '{}')).outcome, 'delivered')
  assert.equal(events, [])
  await fetch(url)
  await waitFor('http.client.request.stop')
  http()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test.run()
