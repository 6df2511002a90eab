import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBus } from 'sonde'
import { attachOtlp, type OtlpOptions } from 'sonde/handlers/otlp'
import { counter, createStore, distribution } from 'sonde/metrics'
import { captureEvents } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { removeDirectory } from '../../harness/remove-directory.ts'
import { suite } from '../../harness/suite.ts'
import { type OtlpReceiver, startGrpcReceiver, startHttpReceiver } from './receiver.ts'

const test = suite('handlers/otlp and outages', { limitMs: 60_000 })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function setUp(port: number, options: Partial<OtlpOptions> = {}) {
  const bus = createBus()
  const store = createStore({
    metrics: [counter('shop.sold.count', { tags: ['item'] }), distribution('shop.sold.price', { buckets: [1, 10] })],
  })
  const record = store.recorder('shop.sold')
  const otlp = attachOtlp(bus, {
    store,
    logs: ['shop.sold'],
    endpoint: `http://127.0.0.1:${port}`,
    environment: {},
    intervalMs: 50,
    retryMs: 60,
    timeoutMs: 3_000,
    ...options,
  })
  const sell = (item = 'tea') => {
    record?.({ price: 5 }, { item })
    bus.execute('shop.sold', { price: 5 }, { item })
  }
  return { bus, store, otlp, sell }
}

async function freePort(): Promise<number> {
  const receiver = await startHttpReceiver()
  await receiver.close()
  return receiver.port
}

const sold = (receiver: OtlpReceiver) => receiver.streams.totals.get('shop.sold.count{item=tea}')

for (const temporality of ['cumulative', 'delta'] as const) {
  for (const [protocol, start] of [
    ['http/protobuf', startHttpReceiver],
    ['http/json', startHttpReceiver],
    ['grpc', startGrpcReceiver],
  ] as const) {
    test(`O1, O8: nothing is lost while the receiver is away: ${temporality} by ${protocol}`, async () => {
      const port = await freePort()
      const { otlp, sell } = setUp(port, { temporality, protocol })
      let sales = 0
      for (; sales < 40; sales++) {
        sell()
        await pause(10)
      }
      const receiver = await start({ port })
      for (; sales < 80; sales++) {
        sell()
        await pause(5)
      }
      const deadline = performance.now() + 10_000
      while (performance.now() < deadline && (sold(receiver) !== sales || receiver.streams.records.length !== sales))
        await otlp.flush()
      const books = otlp.ledgers.logs?.snapshot()
      console.log(
        JSON.stringify({
          test: 'otlp outage',
          protocol,
          temporality,
          sales,
          logs: books,
          metrics: otlp.ledgers.metrics?.snapshot(),
        }),
      )
      assert.is(sold(receiver), sales)
      assert.is(receiver.streams.totals.get('shop.sold.price{}'), sales)
      assert.is(receiver.streams.records.length, sales)
      assert.equal(receiver.problems, [])
      otlp.detach()
      for (const ledger of Object.values(otlp.ledgers)) {
        ledger.assertConserved()
        // A reading that was on its way at the end is no loss: the store has all of it.
        const { accepted, delivered, dropped } = ledger.snapshot()
        assert.is(accepted, delivered + dropped.shutdown)
      }
      await receiver.close()
    })
  }
}

test('O8: while a delta is refused nothing new is read, and the same bytes come again', async () => {
  const bodies: string[] = []
  let status = 503
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('base64'))
      response.writeHead(status).end()
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const { otlp, store } = setUp(typeof address === 'object' ? (address?.port ?? 0) : 0, {
    temporality: 'delta',
    retryMs: 30,
  })
  const add = store.bind('shop.sold.count', { item: 'tea' })
  add.record(1)
  while (bodies.length < 3) {
    add.record(1)
    await pause(10)
  }
  assert.is(new Set(bodies).size, 1)
  assert.is(otlp.ledgers.metrics?.snapshot().accepted, 1)
  status = 200
  await otlp.flush()
  assert.is(new Set(bodies).size, 2)
  otlp.detach()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test('a reading of many series is split by points and by bytes, and arrives whole', async () => {
  const receiver = await startHttpReceiver()
  const { otlp, store } = setUp(receiver.port, {
    maxPoints: 300,
    maxRequestBytes: 8_000,
    intervalMs: 60_000,
    compression: 'gzip',
  })
  for (let i = 0; i < 1_000; i++) store.bind('shop.sold.count', { item: `item ${i}` }).record(i)
  await otlp.flush()
  assert.is(receiver.streams.totals.size, 1_000)
  assert.ok(receiver.requests.length > 4)
  assert.ok(receiver.requests.every(({ headers, bytes }) => headers['content-encoding'] === 'gzip' && bytes < 8_000))
  assert.equal(receiver.problems, [])
  otlp.detach()
  await receiver.close()
})

test('with a directory readings go on while nobody answers, survive the handler, and the next one delivers them', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-otlp-'))
  const port = await freePort()
  const first = setUp(port, { directory, temporality: 'delta' })
  for (let i = 0; i < 30; i++) first.sell()
  while ((first.otlp.ledgers.metrics?.snapshot().accepted ?? 0) < 2) await pause(10)
  for (let i = 0; i < 20; i++) first.sell()
  while ((first.otlp.ledgers.metrics?.snapshot().accepted ?? 0) < 4) await pause(10)
  first.otlp.detach()
  await pause(50)
  const receiver = await startHttpReceiver({ port })
  const second = setUp(port, { directory, temporality: 'delta' })
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline && (sold(receiver) !== 50 || receiver.streams.records.length !== 50))
    await pause(20)
  assert.is(sold(receiver), 50)
  assert.is(receiver.streams.records.length, 50)
  second.otlp.detach()
  for (const ledger of Object.values(second.otlp.ledgers)) ledger.assertConserved()
  assert.equal(receiver.problems, [])
  await receiver.close()
  await pause(50)
  removeDirectory(directory)
})

test('a detach during an export aborts it, and what was not delivered is in the books', async () => {
  for (const [protocol, start] of [
    ['http/protobuf', startHttpReceiver],
    ['grpc', startGrpcReceiver],
  ] as const) {
    const receiver = await start({ reply: () => ({ hang: true }) })
    const { bus, otlp, sell } = setUp(receiver.port, { protocol })
    const { events } = captureEvents(bus, 'telemetry.sink.dropped')
    sell()
    const flushed = otlp.flush()
    while (receiver.requests.length < 2) await pause(5)
    otlp.detach()
    await flushed
    for (const ledger of Object.values(otlp.ledgers)) {
      ledger.assertConserved()
      assert.is(ledger.snapshot().dropped.shutdown, ledger.snapshot().accepted)
    }
    assert.is(events.length, 2)
    await receiver.close()
  }
})

test('flush ends at its time limit when nobody answers', async () => {
  const { otlp, sell } = setUp(await freePort(), { timeoutMs: 200 })
  sell()
  const started = performance.now()
  await otlp.flush()
  const took = performance.now() - started
  assert.ok(took > 150 && took < 1_000, String(took))
  otlp.detach()
})

test.run()
