import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { createBus } from 'sonde'
import { attachOtlp, type OtlpOptions } from 'sonde/handlers/otlp'
import { captureEvents, manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { type OtlpReceiver, type Reply, startGrpcReceiver, startHttpReceiver } from './receiver.ts'

const test = suite('handlers/otlp and answers', { limitMs: 60_000 })

/** One log record is sent; what became of it after one attempt. */
async function sendOne(receiver: OtlpReceiver, options: Partial<OtlpOptions> = {}) {
  const bus = createBus()
  const { events } = captureEvents(bus, 'telemetry.sink.**')
  const otlp = attachOtlp(bus, {
    logs: ['shop.*'],
    endpoint: receiver.url,
    environment: {},
    retryMs: 60_000,
    timeoutMs: 2_000,
    ...options,
  })
  bus.execute('shop.opened', {}, {})
  void otlp.flush()
  const ended = () => events.some(({ event }) => /export\.(?:stop|exception)$/.test(event))
  while (!ended()) await new Promise((resolve) => setTimeout(resolve, 2))
  await new Promise(setImmediate)
  const ledger = otlp.ledgers.logs?.snapshot()
  const status = otlp.status()
  otlp.detach()
  otlp.ledgers.logs?.assertConserved()
  const outcome =
    ledger?.in_flight === 1
      ? 'retry'
      : ledger?.delivered === 1
        ? 'delivered'
        : ledger?.dropped.permanent === 1
          ? 'permanent'
          : '?'
  return { outcome, events, status }
}

test('O2: of all statuses from 200 to 599 only 429, 502, 503 and 504 are tried again; 2xx is delivered', async () => {
  let status = 0
  const receiver = await startHttpReceiver({ reply: () => ({ status, body: '' }) })
  const statuses = Array.from({ length: 400 }, (_, i) => i + 200)
  for (status of statuses) {
    const { outcome } = await sendOne(receiver)
    const expected = status < 300 ? 'delivered' : [429, 502, 503, 504].includes(status) ? 'retry' : 'permanent'
    assert.is(outcome, expected, String(status))
  }
  await receiver.close()
})

test('O2: a connection that breaks and one that is refused are tried again', async () => {
  const receiver = await startHttpReceiver({ reply: () => ({ respond: (response) => void response.destroy() }) })
  assert.is((await sendOne(receiver)).outcome, 'retry')
  await receiver.close()
  assert.is((await sendOne(receiver)).outcome, 'retry')
})

test('O2: of all codes of gRPC those of the specification are tried again, RESOURCE_EXHAUSTED with RetryInfo alone', async () => {
  let reply: Reply = {}
  const receiver = await startGrpcReceiver({ reply: () => reply })
  for (let code = 1; code <= 16; code++) {
    reply = { code }
    const { outcome, status } = await sendOne(receiver, { protocol: 'grpc' })
    assert.is(outcome, [1, 4, 10, 11, 14, 15].includes(code) ? 'retry' : 'permanent', String(code))
    assert.is(status.lastFailure?.reason, `gRPC status ${code}`)
  }
  reply = { code: 8, retrySeconds: 3 }
  assert.is((await sendOne(receiver, { protocol: 'grpc' })).outcome, 'retry')
  await receiver.close()
  assert.is((await sendOne(receiver, { protocol: 'grpc' })).outcome, 'retry')
})

for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
  const start = protocol === 'grpc' ? startGrpcReceiver : startHttpReceiver

  test(`O3: ${protocol}: what is refused of a request is counted, told and not sent again`, async () => {
    const receiver = await start({ reply: () => ({ rejected: 2, message: 'too old\n\x1b[31m' }) })
    const bus = createBus()
    const { events } = captureEvents(bus, 'telemetry.sink.**')
    const otlp = attachOtlp(bus, { logs: ['shop.*'], protocol, endpoint: receiver.url, environment: {} })
    for (let i = 0; i < 5; i++) bus.execute('shop.opened', {}, {})
    await otlp.flush()
    bus.execute('shop.opened', {}, {})
    await otlp.flush()
    const books = otlp.ledgers.logs?.snapshot()
    assert.equal([books?.delivered, books?.dropped.permanent, books?.in_flight], [3, 3, 0])
    assert.is(receiver.requests.length, 2)
    const warnings = events.filter(({ event }) => event === 'telemetry.sink.warning')
    assert.equal(
      warnings.map(({ metadata }) => metadata),
      [{ sink: 'otlp.logs', reason: 'partial_success', message: 'too old [31m' }],
    )
    const dropped = events.find(({ event }) => event === 'telemetry.sink.dropped')
    assert.equal(dropped?.metadata, { sink: 'otlp.logs', reason: 'permanent' })
    assert.is(otlp.status().state, 'ok')
    otlp.detach()
    otlp.ledgers.logs?.assertConserved()
    await receiver.close()
  })

  test(`O3: ${protocol}: nothing refused and a message is a warning`, async () => {
    const receiver = await start({ reply: () => ({ message: 'deprecated' }) })
    const { outcome, events } = await sendOne(receiver, { protocol })
    assert.is(outcome, 'delivered')
    assert.is(events.find(({ event }) => event === 'telemetry.sink.warning')?.metadata['message'], 'deprecated')
    assert.not(events.some(({ event }) => event === 'telemetry.sink.dropped'))
    await receiver.close()
  })
}

const MIB = 1_048_576
const bodies: { readonly [name: string]: Reply } = {
  'no body': { body: '' },
  'no type': { respond: (response) => void response.writeHead(200).end('x') },
  'a wrong type': { headers: { 'content-type': 'text/html' }, body: '<html>' },
  'a body shorter than its Content-Length': {
    respond(response) {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('x')
      setTimeout(() => response.destroy(), 5)
    },
  },
  'a body longer than its Content-Length': {
    respond(response) {
      response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nxxxxxxxxxx')
    },
  },
  'a partial success that is none': { body: Buffer.from([0x0a, 0x7f, 0x08]) },
  'more than 4 MiB': { body: Buffer.alloc(5 * MIB, 1) },
  'a gzip bomb': { headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(64 * MIB)) },
}

for (const [name, reply] of Object.entries(bodies)) {
  test(`O4: a 200 with ${name} is delivered`, async () => {
    const receiver = await startHttpReceiver({ reply: () => reply })
    assert.is((await sendOne(receiver)).outcome, 'delivered')
    await receiver.close()
  })
}

test('O4: an answer that drips ends at the time limit; with a 200 before it the data has arrived', async () => {
  for (const [status, expected] of [
    [200, 'delivered'],
    [503, 'retry'],
  ] as const) {
    const timers: NodeJS.Timeout[] = []
    const receiver = await startHttpReceiver({
      reply: () => ({
        respond(response) {
          response.writeHead(status)
          timers.push(setInterval(() => response.write('x'), 20))
        },
      }),
    })
    const started = performance.now()
    assert.is((await sendOne(receiver, { timeoutMs: 300 })).outcome, expected)
    assert.ok(performance.now() - started < 600)
    for (const timer of timers) clearInterval(timer)
    await receiver.close()
  }
})

for (const [protocol, start] of [
  ['http/protobuf', startHttpReceiver],
  ['grpc', startGrpcReceiver],
] as const) {
  test(`O6: ${protocol}: a receiver that never answers costs the time limit of the monotonic clock`, async () => {
    const receiver = await start({ reply: () => ({ hang: true }) })
    const clock = manualClock(1_700_000_000_000)
    const bus = createBus({ clock })
    const otlp = attachOtlp(bus, { logs: ['shop.*'], protocol, endpoint: receiver.url, environment: {} })
    bus.execute('shop.opened', {}, {})
    clock.advance(5_000)
    while (receiver.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    clock.setWallTime(1_800_000_000_000)
    clock.advance(9_900)
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.is(otlp.status().lastFailure, undefined)
    clock.advance(200)
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.match(otlp.status().lastFailure?.reason ?? '', /within 10000 ms$/)
    otlp.detach()
    assert.is(clock.pending, 0)
    await receiver.close()
  })
}

test('O5: whatever Retry-After says, at most six requests come in a minute, and a wait that is asked for is kept', async () => {
  const past = new Date(1_600_000_000_000).toUTCString()
  const cases: readonly (readonly [string | undefined, number])[] = [
    [undefined, 6],
    ['0', 6],
    ['-1', 6],
    [past, 6],
    ['soon', 6],
    ['1e9', 6],
    ['30', 3],
    ['1000000000000', 1],
  ]
  for (const [retryAfter, most] of cases) {
    let seen = 0
    const server = createServer((request, response) => {
      seen++
      request.resume()
      response.writeHead(503, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const clock = manualClock(1_700_000_000_000)
    const bus = createBus({ clock })
    // The worst jitter there is: none.
    const { random } = Math
    Math.random = () => 0
    const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
    const otlp = attachOtlp(bus, { logs: ['shop.*'], endpoint, environment: {} })
    Math.random = random
    bus.execute('shop.opened', {}, {})
    clock.advance(5_000)
    let failures = 0
    bus.attach('count', 'telemetry.sink.export.exception', () => void failures++)
    for (let second = 0; second < 60; second++) {
      await new Promise((resolve) => setTimeout(resolve, 4))
      clock.advance(1_000)
    }
    assert.ok(seen >= 1 && seen <= most, `${retryAfter}: ${seen} requests`)
    assert.is(failures, seen)
    otlp.detach()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

test.run()
