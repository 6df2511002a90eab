import { createBus } from 'sonde'
import { attachOtlp, type OtlpOptions } from 'sonde/handlers/otlp'
import { captureEvents } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { shop, spanId, traceId } from './readings.ts'
import { type OtlpReceiver, type ReceiverOptions, startGrpcReceiver, startHttpReceiver } from './receiver.ts'
import { attributesOf } from './strict-streams.ts'

const test = suite('handlers/otlp', { limitMs: 30_000 })

const roads = [
  { protocol: 'http/protobuf', start: startHttpReceiver },
  { protocol: 'http/json', start: startHttpReceiver },
  { protocol: 'grpc', start: startGrpcReceiver },
] as const

/** A receiver, and a shop that exports to it by hand: `flush` alone sends. */
async function setUp(
  { start, protocol }: (typeof roads)[number],
  options: Partial<OtlpOptions> = {},
  receiverOptions: ReceiverOptions = {},
) {
  const receiver: OtlpReceiver = await start(receiverOptions)
  const bus = createBus()
  const { events } = captureEvents(bus, 'telemetry.sink.**')
  const { store, sell, clock } = shop()
  const otlp = attachOtlp(bus, {
    store,
    logs: ['shop.**'],
    protocol,
    endpoint: receiver.url,
    environment: {},
    resource: { 'service.instance.id': 'i-1' },
    intervalMs: 3_600_000,
    ...options,
  })
  const end = async () => {
    otlp.detach()
    await receiver.close()
    assert.equal(receiver.problems, [])
    otlp.ledgers.metrics?.assertConserved()
    otlp.ledgers.logs?.assertConserved()
  }
  return { receiver, bus, events, otlp, sell, clock, end }
}

for (const road of roads) {
  const { protocol } = road

  test(`${protocol}: metrics and logs arrive as the store and the bus have them`, async () => {
    const { receiver, bus, otlp, sell, end } = await setUp(road)
    sell(5)
    sell(50)
    bus.execute(
      'shop.order.placed',
      { items: 3 },
      { customer: 'Ada', password: 'hunter2', trace_id: traceId, span_id: spanId },
    )
    await otlp.flush()
    const { totals, records } = receiver.streams
    assert.is(totals.get('shop.sold.count{env=test,item=tea,service=shop}'), 2)
    assert.is(totals.get('shop.sold.price{env=test,item=tea,service=shop}'), 2)
    assert.is(totals.get('shop.sold.duration{env=test,quantile=0.99,service=shop}'), 0.25)
    assert.is(totals.get('shop.sold.stock{env=test,service=shop}'), -2)
    assert.is(records.length, 1)
    assert.is(records[0]?.['eventName'], 'shop.order.placed')
    assert.is(records[0]?.['traceId'], traceId)
    assert.equal(attributesOf(records[0] ?? {}), ['customer=Ada', 'items=3', 'password=[redacted]'].sort())
    assert.ok(receiver.requests.every((request) => request.protocol === protocol))
    const message = JSON.stringify(receiver.requests[0]?.message)
    for (const text of [
      '"service.name","value":{"stringValue":"shop"}',
      '"deployment.environment.name"',
      '"i-1"',
      `"${traceId}"`,
    ])
      assert.ok(message.includes(text), text)
    await end()
  })
}

test.run()
