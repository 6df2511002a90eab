import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { createBus } from 'sonde'
import { attachPushgateway, type PushgatewayOptions } from 'sonde/handlers/prometheus'
import { createStore, lastValue } from 'sonde/metrics'
import { captureEvents, manualClock, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { httpReceiver, readBody } from '../../../delivery/receiver.ts'
import { suite } from '../../../harness/suite.ts'
import { parseStrict } from '../strict-parser.ts'

const test = suite('prometheus/pushgateway')

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** A receiver that answers what `status` says, and an attachment to it on a clock that is moved by hand. */
async function setUp(options: Partial<PushgatewayOptions> = {}, status: () => number | Promise<number> = () => 200) {
  const seen: Seen[] = []
  const waiting: (() => void)[] = []
  const receiver = await httpReceiver(async (request, response) => {
    const { method = '', url = '', headers } = request
    const body = (await readBody(request)).toString()
    response.on('finish', () => {
      seen.push({ method, url, headers, body })
      for (const wake of waiting.splice(0)) wake()
    })
    response.writeHead(await status()).end()
  })
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  const store = createStore({ metrics: [lastValue('job.done.level', { tags: ['step'] })], clock })
  const set = (level: number) => store.recorder('job.done')?.({ level }, { step: 'a"b' })
  set(1)
  const url = `http://127.0.0.1:${receiver.port}/prefix/`
  const push = attachPushgateway(bus, { store, url, job: 'nightly', ...options })
  /** Resolves when the receiver has answered `count` requests in all; time stands meanwhile. */
  const answered = async (count: number) => {
    while (seen.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
  }
  const end = async () => {
    push.detach()
    push.ledger.assertConserved()
    await receiver.close()
  }
  return { seen, clock, bus, set, push, answered, end }
}

test('flush puts the text under the group, with the token, and nothing twice', async () => {
  const token = 'push-token'
  const { seen, push, end } = await setUp({
    grouping: { instance: '10.0.0.1:80' },
    token,
    headers: { 'x-tenant': 't' },
  })
  await push.flush()
  const [first] = seen
  assert.is(seen.length, 1)
  assert.is(first?.method, 'PUT')
  assert.is(first?.url, '/prefix/metrics/job/nightly/instance@base64/MTAuMC4wLjE6ODA')
  assert.is(first?.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  assert.is(first?.headers['authorization'], `Bearer ${token}`)
  assert.is(first?.headers['x-tenant'], 't')
  assert.equal(parseStrict(first?.body ?? '', 'text')[0]?.samples, [
    { name: 'job_done_level', labels: { step: 'a"b' }, value: 1 },
  ])
  assert.is(push.status().state, 'ok')
  assert.is(push.ledger.snapshot().delivered, 1)
  await end()
})

test('pushes once per interval what the store holds then', async () => {
  const { seen, clock, set, push, answered, end } = await setUp({ intervalMs: 1_000, method: 'POST' })
  clock.advance(1_000)
  await answered(1)
  set(2)
  clock.advance(1_000)
  await answered(2)
  await push.flush()
  assert.equal(
    seen.map(({ method, body }) => [method, body.split(' ').at(-1)]),
    [
      ['POST', '1\n'],
      ['POST', '2\n'],
      ['POST', '2\n'],
    ],
  )
  await end()
})

test('a retry carries the newest state, and a hundred wishes meanwhile are one push', async () => {
  let answer = 503
  const { seen, clock, set, push, answered, end } = await setUp({ intervalMs: 1_000 }, () => answer)
  clock.advance(1_000)
  await answered(1)
  while (push.status().state === 'ok') await turn()
  await turn()
  for (let level = 2; level <= 101; level++) {
    set(level)
    void push.flush()
  }
  answer = 200
  const flushed = push.flush()
  // The first back-off is half a second at most.
  clock.advance(500)
  await answered(2)
  await flushed
  assert.match(seen.at(-1)?.body ?? '', ' 101\n')
  assert.is(seen.length, 2)
  assert.is(push.ledger.snapshot().dropped.overflow, 0)
  await end()
})

test('what is refused is told and not tried again before its time', async () => {
  const { seen, clock, bus, push, answered, end } = await setUp({ intervalMs: 60_000 }, () => 400)
  const events = captureEvents(bus, 'telemetry.sink.**')
  await push.flush()
  clock.advance(59_000)
  await sleep(30)
  assert.is(seen.length, 1)
  assert.equal(
    events.events.map(({ event, metadata }) => [event, metadata['sink'], metadata['reason']]),
    [
      ['telemetry.sink.export.start', 'pushgateway', undefined],
      ['telemetry.sink.export.exception', 'pushgateway', 'status 400'],
      ['telemetry.sink.dropped', 'pushgateway', 'permanent'],
    ],
  )
  assert.equal(events.events[0]?.measurements['points'], 1)
  assert.is(push.status().state, 'degraded')
  assert.is(push.status().lastFailure?.reason, 'status 400')
  clock.advance(1_000)
  await answered(2)
  await end()
})

test('registries follow, without their timestamps', async () => {
  const text = '# TYPE mine gauge\nmine{a="1 2"} 3 1700000000000\nmine{a="x"} 4\n'
  const registry = { contentType: 'text/plain; version=0.0.4', metrics: () => text }
  const { seen, push, end } = await setUp({ registries: [registry] })
  await push.flush()
  assert.match(seen[0]?.body ?? '', '\nmine{a="1 2"} 3\nmine{a="x"} 4\n')
  await end()
})

test('closing the bus pushes a last time, and deletes the group after that when told to', async () => {
  for (const deleteOnClose of [false, true]) {
    const { seen, bus, clock, end } = await setUp({ deleteOnClose })
    await bus.close()
    assert.equal(
      seen.map(({ method }) => method),
      deleteOnClose ? ['PUT', 'DELETE'] : ['PUT'],
    )
    assert.is(seen.at(-1)?.url, '/prefix/metrics/job/nightly')
    clock.advance(60_000)
    assert.is(clock.pending, 0)
    await end()
  }
})

test('a group is deleted only when the push under way has ended, however long that takes', async () => {
  let arrived = () => {}
  let release = () => {}
  const first = new Promise<void>((resolve) => (arrived = resolve))
  const held = new Promise<number>((resolve) => (release = () => resolve(200)))
  const answers = [held, 200]
  const { seen, bus, clock, answered, end } = await setUp({ deleteOnClose: true }, () => {
    arrived()
    return answers.shift() ?? 500
  })
  void bus.close()
  await first
  // The bus waits no longer for the flush.
  clock.advance(5_000)
  await sleep(30)
  assert.is(seen.length, 0)
  release()
  await answered(2)
  assert.equal(
    seen.map(({ method }) => method),
    ['PUT', 'DELETE'],
  )
  await end()
})

test('detach drops what waits, and says so', async () => {
  const { clock, push, answered, end } = await setUp({ intervalMs: 1_000 }, () => 503)
  clock.advance(1_000)
  await answered(1)
  push.detach()
  await push.flush()
  assert.is(clock.pending, 0)
  const { accepted, dropped } = push.ledger.snapshot()
  assert.equal([accepted, dropped.shutdown], [1, 1])
  await end()
})

test('with an infinite interval it pushes at flush only', async () => {
  const { seen, clock, push, end } = await setUp({ intervalMs: Number.POSITIVE_INFINITY })
  assert.is(clock.pending, 0)
  await push.flush()
  assert.is(seen.length, 1)
  await end()
})

test('behaves as a handler must', () => {
  const token = 'secret-token-0123456789'
  const store = createStore({ metrics: [lastValue('a.b')] })
  // Nobody listens on port 1.
  const good = { store, url: 'http://user:canary-pass@127.0.0.1:1/canary-path', job: 'j', token }
  return testHandler(attachPushgateway, {
    options: good,
    invalid: [
      {},
      { ...good, store: {} },
      { ...good, registries: [{}] },
      { ...good, url: 'ftp://canary-pass@127.0.0.1' },
      { ...good, job: '' },
      { ...good, job: 7 },
      { ...good, grouping: { job: 'x' } },
      { ...good, grouping: { '': 'x' } },
      { ...good, grouping: { 'a/b': 'x' } },
      { ...good, grouping: { __name__: 'x' } },
      { ...good, grouping: { a: 1 } },
      { ...good, grouping: null },
      { ...good, intervalMs: 0 },
      { ...good, intervalMs: Number.NaN },
      { ...good, intervalMs: 2 ** 31 },
      { ...good, method: 'DELETE' },
      { ...good, deleteOnClose: 1 },
      { ...good, token: '' },
      { ...good, token: `${token}\n` },
      { ...good, headers: { 'content-length': '1' } },
      { ...good, timeoutMs: 0 },
      { ...good, id: '' },
    ],
    secrets: [token, 'canary-pass', 'canary-path'],
  })
})

test.run()
