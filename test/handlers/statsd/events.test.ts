import { type Bus, createBus } from 'sonde'
import { attachStatsdEvents, type DialectName, type StatsdEventsOptions } from 'sonde/handlers/statsd'
import { counter, distribution, lastValue, sum, summary } from 'sonde/metrics'
import { manualClock, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { freePort } from '../../harness/daemon.ts'
import { suite } from '../../harness/suite.ts'
import { type Receiver, receiveStream, receiveUdp } from './receiver.ts'
import { type ParsedLine, parseStrict } from './strict-parser.ts'

const test = suite('handlers/statsd/events', { limitMs: 20_000 })

const metrics = [
  counter('job.done.count', { tags: ['kind'] }),
  sum('job.done.cost', { monotonic: false }),
  lastValue('job.queue.depth'),
  summary('job.done.duration', { unit: 'nanosecond' }),
  distribution('job.done.size', { buckets: [1] }),
]

/** Runs `emit` and returns the lines that arrive. */
async function linesOf(options: Partial<StatsdEventsOptions>, emit: (bus: Bus) => void): Promise<ParsedLine[]> {
  const receiver = await receiveUdp()
  const bus = createBus()
  const statsd = attachStatsdEvents(bus, { metrics, port: receiver.port, ...options })
  emit(bus)
  await statsd.flush()
  statsd.ledger.assertConserved()
  const { delivered } = statsd.ledger.snapshot()
  await receiver.until((text) => text.split('\n').length - 1 === delivered)
  statsd.detach()
  await receiver.close()
  return receiver.packets.flatMap((packet) => parseStrict(packet, options.dialect ?? 'plain'))
}

const brief = (lines: readonly ParsedLine[]) =>
  lines.map(({ name, value, type, rate }) => `${name}:${value}|${type}${rate < 1 ? `|@${rate}` : ''}`)

for (const [dialect, time, size] of [
  ['plain', 'ms', 'ms'],
  ['dogstatsd', 'ms', 'd'],
  ['telegraf', 'ms', 'h'],
] as const satisfies readonly [DialectName, string, string][]) {
  test(`${dialect}: an event is one line for each metric, in StatsD's units`, async () => {
    const lines = await linesOf({ dialect, globalTags: { service: 'shop' } }, (bus) => {
      bus.execute('job.done', { duration: 2_500_000, cost: -0.5, size: 3 }, { kind: 'mail' })
      bus.execute('job.queue', { depth: -2 })
    })
    const kind = dialect === 'plain' ? '.mail' : ''
    const depth = dialect === 'dogstatsd' ? ['job.queue.depth:-2|g'] : ['job.queue.depth:0|g', 'job.queue.depth:-2|g']
    const done = [`job.done.count${kind}:1|c`, 'job.done.cost:-0.5|c', `job.done.duration:2.5|${time}`]
    assert.equal(brief(lines), [...done, `job.done.size:3|${size}`, ...depth])
    if (dialect !== 'plain') assert.equal(lines[0]?.tags, { service: 'shop', kind: 'mail' })
  })
}

test('S8: sampled lines carry the rate, gauges have none, failures are never sampled', async () => {
  const draws = [0.05, 0.5, 0.05, 0.5, 0.05, 0.5]
  const failing = counter('job.exception.count')
  const lines = await linesOf(
    { metrics: [...metrics.slice(0, 4), failing], sampleRate: 0.1, random: () => draws.shift() ?? 0.5 },
    (bus) => {
      for (let i = 0; i < 2; i++) bus.execute('job.done', { duration: 1e6, cost: 1 }, { kind: 'mail' })
      bus.execute('job.queue', { depth: 2 })
      for (let i = 0; i < 3; i++) bus.execute('job.exception', {})
    },
  )
  assert.equal(brief(lines), [
    'job.done.count.mail:1|c|@0.1',
    'job.done.duration:1|ms|@0.1',
    'job.done.cost:1|c|@0.1',
    'job.queue.depth:2|g',
    ...Array(3).fill('job.exception.count:1|c'),
  ])
})

test('the weight of a sampled event multiplies counters and is the rate of timings', async () => {
  const lines = await linesOf({ metrics: metrics.slice(0, 4) }, (bus) => {
    bus.execute('job.done', { duration: 1e6, cost: 2, sample_weight: 8 }, { kind: 'mail' })
    bus.execute('job.queue', { depth: 3, sample_weight: 8 })
  })
  const done = ['job.done.count.mail:8|c', 'job.done.cost:16|c', 'job.done.duration:1|ms|@0.125']
  assert.equal(brief(lines), [...done, 'job.queue.depth:3|g'])
})

test('S2: values that are no finite number, or negative where none may be, are counted as invalid', async () => {
  const receiver = await receiveUdp()
  const bus = createBus()
  const throwing = counter('job.done.bad', { keep: () => assert.unreachable() ?? true })
  const statsd = attachStatsdEvents(bus, { metrics: [...metrics.slice(1), throwing], port: receiver.port })
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, undefined, '1', 10n, null, {}]
  for (const value of bad) bus.execute('job.done', { duration: value, cost: value, size: value } as never)
  bus.execute('job.done', { duration: -1, cost: 1, size: 1 })
  await statsd.flush()
  assert.is(statsd.ledger.snapshot().dropped.invalid, 3 * bad.length + 1 + (bad.length + 1))
  assert.is(statsd.ledger.snapshot().delivered, 2)
  assert.is(bus.stats().failures, 0)
  statsd.ledger.assertConserved()
  statsd.detach()
  await receiver.close()
})

test('tags by a function and through tagValues are read from every event', async () => {
  const byFunction = counter('job.done.a', { tags: ({ kind }) => ({ kind, fixed: 'x' }) })
  const byValues = counter('job.done.b', { tags: ['kind'], tagValues: ({ kind }) => ({ kind: `<${String(kind)}>` }) })
  const lines = await linesOf({ metrics: [byFunction, byValues], dialect: 'dogstatsd' }, (bus) => {
    for (const kind of ['mail', 'sms', 'mail']) bus.execute('job.done', {}, { kind })
  })
  const tags = (name: string) => lines.filter((line) => line.name === name).map((line) => line.tags)
  const [mail, sms] = [
    { fixed: 'x', kind: 'mail' },
    { fixed: 'x', kind: 'sms' },
  ]
  assert.equal(tags('job.done.a'), [mail, sms, mail])
  assert.equal(tags('job.done.b'), [{ kind: '<mail>' }, { kind: '<sms>' }, { kind: '<mail>' }])
})

test('full packets go at once, the rest with the clock', async () => {
  const receiver = await receiveUdp()
  const clock = manualClock()
  const bus = createBus({ clock })
  const statsd = attachStatsdEvents(bus, { metrics: [counter('job.done.count')], port: receiver.port })
  const perPacket = Math.floor(1_432 / 'job.done.count:1|c\n'.length)
  for (let i = 0; i <= perPacket; i++) bus.execute('job.done', {})
  await receiver.until((text) => text !== '')
  assert.is(receiver.packets.length, 1)
  assert.is(receiver.packets[0]?.length, perPacket * 'job.done.count:1|c\n'.length)
  clock.advance(1_000)
  await receiver.until((text) => text.split('\n').length - 1 === perPacket + 1)
  statsd.detach()
  await receiver.close()
})

test('while the receiver is away packets wait, and beyond the bound their lines are dropped and counted', async () => {
  const port = await freePort()
  const bus = createBus()
  const options = {
    metrics: [counter('job.done.count')],
    protocol: 'tcp',
    port,
    maxPackets: 3,
    maxPacketBytes: 512,
  } as const
  const statsd = attachStatsdEvents(bus, options)
  const emitted = 1_000
  for (let i = 0; i < emitted; i++) bus.execute('job.done', {})
  await statsd.flush()
  statsd.ledger.assertConserved()
  const receiver: Receiver = await receiveStream(port)
  await statsd.flush()
  const { delivered, dropped } = statsd.ledger.snapshot()
  await receiver.until((text) => text.split('\n').length - 1 === delivered)
  assert.ok(delivered > 0)
  assert.is(delivered + dropped.overflow, emitted)
  statsd.detach()
  statsd.ledger.assertConserved()
  await receiver.close()
})

test('a row for each metric; when one cannot be attached none is', () => {
  const bus = createBus()
  bus.attach('statsd_events.job.queue.depth', 'x', () => {})
  assert.throws(() => attachStatsdEvents(bus, { metrics }), /handler_exists|already/)
  assert.is(bus.listHandlers().length, 1)
})

test('behaves as a handler must', async () => {
  const receiver = await receiveUdp()
  const good = { metrics, port: receiver.port }
  await testHandler(attachStatsdEvents, {
    options: good,
    invalid: [
      {},
      { ...good, metrics: [] },
      { ...good, metrics: [{}] },
      { ...good, sampleRate: 0 },
      { ...good, sampleRate: 1.5 },
      { ...good, maxPackets: 0 },
      { ...good, random: 1 },
      { ...good, globalTags: 'x' },
      { ...good, flushMs: 1 },
      { ...good, host: '' },
    ],
  })
  await receiver.close()
})

test.run()
