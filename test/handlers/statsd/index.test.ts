import { fileURLToPath } from 'node:url'
import { type Bus, createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachStatsd, type StatsdOptions } from 'sonde/handlers/statsd'
import { counter, createStore, distribution, lastValue, type MetricDefinition, summary } from 'sonde/metrics'
import { manualClock, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { freePort } from '../../harness/daemon.ts'
import { runProgram } from '../../harness/run-program.ts'
import { suite } from '../../harness/suite.ts'
import { dialectNames } from './readings.ts'
import { type Receiver, receiveStream, receiveUdp } from './receiver.ts'
import { parseStrict } from './strict-parser.ts'

const test = suite('handlers/statsd', { limitMs: 20_000 })

const metrics = [
  counter('shop.sold.count', { tags: ['item'] }),
  lastValue('shop.stock.level'),
  summary('shop.sold.duration', { unit: 'nanosecond' }),
  distribution('shop.sold.price', { buckets: [1, 10] }),
]

function attachTo(
  receiver: Receiver,
  options: Partial<StatsdOptions> & { bus?: Bus; metrics?: MetricDefinition[] } = {},
) {
  const { bus = createBus(), metrics: wanted = metrics, ...rest } = options
  const { store } = attachMetrics(bus, { metrics: wanted })
  return { bus, store, statsd: attachStatsd(bus, { store, port: receiver.port, ...rest }) }
}

test('a flush sends what was added since the last, and nothing that has not changed', async () => {
  const receiver = await receiveUdp()
  const { bus, statsd } = attachTo(receiver)
  bus.execute('shop.sold', { duration: 2e6, price: 7 }, { item: 'tea' })
  bus.execute('shop.stock', { level: -4 })
  await statsd.flush()
  bus.execute('shop.sold', { duration: 2e6, price: 7 }, { item: 'tea' })
  await statsd.flush()
  await statsd.flush()
  const { delivered } = statsd.ledger.snapshot()
  await receiver.until((text) => text.split('\n').length - 1 === delivered)
  const lines = receiver.packets.flatMap((packet) => parseStrict(packet, 'plain'))
  const of = (name: string) => lines.filter((line) => line.name === name).map(({ value }) => value)
  assert.equal(of('shop.sold.count.tea'), [1, 1])
  assert.equal(of('shop.stock.level'), [0, -4])
  assert.equal(of('shop.sold.duration.p99'), [2])
  assert.equal(of('shop.sold.duration.sum'), [2, 2])
  assert.equal(of('shop.sold.price'), [5.5, 5.5])
  statsd.ledger.assertConserved()
  assert.is(statsd.status().state, 'ok')
  statsd.detach()
  await receiver.close()
})

test('a flush of many series lets the event loop turn, and sends each once', async () => {
  const receiver = await receiveUdp()
  const many = Array.from({ length: 10 }, (_, i) =>
    counter(`shop.sold.count${i}`, { event: 'shop.sold', tags: ['item'] }),
  )
  const { bus, statsd } = attachTo(receiver, { metrics: many, flushMs: 3_600_000 })
  for (let item = 0; item < 2_000; item++) bus.execute('shop.sold', {}, { item })
  let longestMs = 0
  let last = performance.now()
  let isOver = false
  const turn = () => {
    longestMs = Math.max(longestMs, performance.now() - last)
    last = performance.now()
    if (!isOver) setImmediate(turn)
  }
  turn()
  const began = performance.now()
  await statsd.flush()
  const tookMs = performance.now() - began
  isOver = true
  assert.is(statsd.ledger.snapshot().delivered, 20_000)
  assert.ok(longestMs < tookMs / 3, `${longestMs} ms of ${tookMs} in one turn`)
  statsd.detach()
  await receiver.close()
})

test('it flushes by itself, every second of the clock of the bus', async () => {
  const receiver = await receiveUdp()
  const clock = manualClock()
  const { bus, statsd } = attachTo(receiver, { bus: createBus({ clock }) })
  bus.execute('shop.sold', {}, { item: 'tea' })
  clock.advance(999)
  assert.is(statsd.ledger.snapshot().accepted, 0)
  clock.advance(1)
  await receiver.until((text) => text.includes('shop.sold.count.tea:1|c\n'))
  statsd.detach()
  await receiver.close()
})

test('windows that nothing is added to are sent again while they roll on', async () => {
  const receiver = await receiveUdp()
  const clock = manualClock()
  const { bus, statsd } = attachTo(receiver, { bus: createBus({ clock }) })
  bus.execute('shop.sold', { duration: 8e6 }, { item: 'tea' })
  await statsd.flush()
  clock.advance(30_000)
  bus.execute('shop.sold', { duration: 2e6 }, { item: 'tea' })
  await statsd.flush()
  clock.advance(31_000)
  await statsd.flush()
  await receiver.until((text) => /duration\.max:8\|g[\s\S]*duration\.max:2\|g/.test(text))
  statsd.detach()
  await receiver.close()
})

for (const dialect of dialectNames) {
  test(`${dialect}: names have the prefix, and a hostile tag reaches nobody as syntax`, async () => {
    const receiver = await receiveUdp()
    const { bus, statsd } = attachTo(receiver, { dialect, prefix: 'app.eu' })
    const hostile = ['a|c\nevil:1', 'x:1|g|@0.1|#y', 'a,b=c', ' \0é漢😀', '', 'l'.repeat(70_000)]
    for (const item of hostile) bus.execute('shop.sold', {}, { item })
    await statsd.flush()
    await receiver.until((text) => text.split('\n').length - 1 === hostile.length)
    const lines = receiver.packets.flatMap((packet) => parseStrict(packet, dialect))
    assert.ok(lines.every(({ name, value }) => name.startsWith('app.eu.shop.sold.count') && value === 1))
    statsd.detach()
    await receiver.close()
  })
}

test('a stream receiver that is away costs nothing: deltas stay in the store and are sent when it is back', async () => {
  const port = await freePort()
  const bus = createBus()
  const { store } = attachMetrics(bus, { metrics })
  const statsd = attachStatsd(bus, { store, protocol: 'tcp', port })
  for (let i = 0; i < 100; i++) {
    bus.execute('shop.sold', {}, { item: 'tea' })
    if (i % 25 === 0) await statsd.flush()
  }
  assert.is(statsd.ledger.snapshot().accepted, 0)
  assert.is(statsd.status().state, 'degraded')
  const receiver = await receiveStream(port)
  await statsd.flush()
  await receiver.until((text) => text.includes('shop.sold.count.tea:100|c\n'))
  await receiver.close()
  await bus.close()
  statsd.ledger.assertConserved()
})

test('closing the bus sends the rest and ends the handler', async () => {
  const receiver = await receiveUdp()
  const { bus, statsd } = attachTo(receiver)
  bus.execute('shop.sold', {}, { item: 'tea' })
  await bus.close()
  await receiver.until((text) => text.includes('shop.sold.count.tea:1|c\n'))
  await statsd.flush()
  statsd.detach()
  statsd.ledger.assertConserved()
  await receiver.close()
})

test('flushes at the same time send every delta once', async () => {
  const receiver = await receiveUdp()
  const { bus, statsd } = attachTo(receiver)
  const flushes: Promise<void>[] = []
  for (let i = 0; i < 50; i++) {
    bus.execute('shop.sold', {}, { item: 'tea' })
    flushes.push(statsd.flush())
  }
  await Promise.all(flushes)
  const { delivered } = statsd.ledger.snapshot()
  await receiver.until((text) => text.split('\n').length - 1 === delivered)
  const counts = receiver.packets
    .flatMap((packet) => parseStrict(packet, 'plain'))
    .filter(({ name }) => name === 'shop.sold.count.tea')
  assert.is(
    counts.reduce((sum, { value }) => sum + value, 0),
    50,
  )
  statsd.detach()
  await receiver.close()
})

test('a process that has attached and detached nothing comes to its end', async () => {
  const program = fileURLToPath(new URL('children/attached.ts', import.meta.url))
  assert.is(await runProgram(program, { limitMs: 15_000 }), '1 1 1\n')
})

test('behaves as a handler must', async () => {
  const receiver = await receiveUdp()
  const store = createStore({ metrics })
  const good = { store, port: receiver.port }
  await testHandler(attachStatsd, {
    options: good,
    invalid: [
      undefined,
      {},
      { store: {} },
      { ...good, dialect: 'statsd' },
      { ...good, dialect: 'toString' },
      { ...good, protocol: 'udp4' },
      { ...good, host: '' },
      { ...good, port: 0 },
      { ...good, port: '8125' },
      { ...good, protocol: 'unix' },
      { ...good, path: '/run/secret.sock' },
      { ...good, prefix: '1a' },
      { ...good, prefix: 'a|b' },
      { ...good, maxPacketBytes: 511 },
      { ...good, maxPacketBytes: 65_508 },
      { ...good, flushMs: 0 },
      { ...good, resendMs: Number.NaN },
      { ...good, id: '' },
    ],
    secrets: ['/run/secret.sock'],
  })
  await receiver.close()
})

test('behaves as a handler must when nobody listens to the stream', async () => {
  const port = await freePort()
  await testHandler(attachStatsd, { options: { store: createStore({ metrics }), protocol: 'tcp', port } })
})

test.run()
