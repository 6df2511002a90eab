import { createBus } from 'sonde'
import { attachOtlp, type OtlpOptions } from 'sonde/handlers/otlp'
import { captureEvents, manualClock } from 'sonde/testing'
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

  for (const temporality of ['cumulative', 'delta'] as const) {
    test(`${protocol}: ${temporality}: windows, totals and both kinds of histograms break no rule`, async () => {
      for (const exponentialHistograms of [false, true]) {
        const { receiver, otlp, sell, clock, end } = await setUp(road, { temporality, exponentialHistograms })
        for (const price of [0, 0.5, 7, 7, 70, 7_000, 3]) {
          sell(price)
          clock.advance(1_000)
          await otlp.flush()
        }
        const { totals } = receiver.streams
        assert.is(totals.get('shop.sold.price{env=test,item=tea,service=shop}'), 7)
        assert.is(totals.get('shop.sold.duration.count{env=test,service=shop}'), 7)
        assert.is(totals.get('shop.sold.duration.sum{env=test,service=shop}'), 1.75)
        assert.is(totals.get('shop.sold.stock{env=test,service=shop}'), -7)
        const kind = exponentialHistograms ? '"exponentialHistogram"' : '"histogram"'
        assert.ok(JSON.stringify(receiver.requests[0]?.message).includes(kind))
        await end()
      }
    })
  }
}

test('nothing recorded is nothing sent', async () => {
  const { receiver, otlp, end } = await setUp(roads[0], { logs: ['none'] })
  await otlp.flush()
  assert.is(receiver.requests.length, 0)
  await end()
})

test('a status tells of each signal and of both', async () => {
  const { otlp, bus, sell, end } = await setUp(
    roads[0],
    {},
    { reply: (_n, signal) => (signal === 'logs' ? { status: 400 } : {}) },
  )
  sell(1)
  bus.execute('shop.opened', {}, {})
  await otlp.flush()
  const { state, metrics, logs, lastFailure, lastSuccess } = otlp.status()
  assert.equal([state, metrics?.state, logs?.state], ['degraded', 'ok', 'degraded'])
  assert.is(lastFailure?.reason, 'status 400')
  assert.is(lastSuccess, metrics?.lastSuccess)
  await end()
})

test('metrics are sent at the interval by themselves, logs in batches of 512 or after five seconds', async () => {
  const clock = manualClock(1_700_000_000_000)
  const receiver = await startHttpReceiver()
  const bus = createBus({ clock })
  const { store, sell } = shop(clock)
  const otlp = attachOtlp(bus, { store, logs: ['shop.*'], endpoint: receiver.url, environment: {} })
  const arrive = async (signal: string, count: number) => {
    const seen = () => receiver.requests.filter((request) => request.signal === signal).length
    for (let i = 0; i < 200 && seen() < count; i++) await new Promise((resolve) => setTimeout(resolve, 5))
    assert.is(seen(), count)
  }
  sell(1)
  for (let i = 0; i < 513; i++) bus.execute('shop.opened', {}, {})
  await arrive('logs', 1)
  assert.is(receiver.streams.records.length, 512)
  clock.advance(5_000)
  await arrive('logs', 2)
  clock.advance(54_000)
  await arrive('metrics', 0)
  clock.advance(1_000)
  await arrive('metrics', 1)
  otlp.detach()
  assert.is(clock.pending, 0)
  await receiver.close()
})

test.run()
