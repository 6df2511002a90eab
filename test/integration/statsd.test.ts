import { setTimeout as sleep } from 'node:timers/promises'
import { type Bus, createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachStatsd, attachStatsdEvents, type StatsdAttachment, type StatsdOptions } from 'sonde/handlers/statsd'
import { counter, distribution, lastValue, sum, summary } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import {
  type CollectdDaemon,
  type Seen,
  type StatsdDaemon,
  startCollectd,
  startStatsd,
  until,
} from './statsd-daemons.ts'

const test = suite<{ statsd: StatsdDaemon; collectd: CollectdDaemon }>('integration/statsd', { limitMs: 60_000 })

/** Every character that ends something in a line, and some that no name may have. */
const hostile = [
  'a|c\nevil:1|c',
  'b:1',
  'c,d=e',
  'f#g@h',
  ' \0\r\t',
  'é漢😀',
  '\ud800',
  '../../x',
  'l'.repeat(9_000),
  '',
]

test.before(async (context) => {
  context.statsd = await startStatsd()
  context.collectd = await startCollectd()
})

test.after(async ({ statsd, collectd }) => {
  await statsd?.close()
  await collectd?.close()
})

interface Sender {
  readonly bus: Bus
  readonly prefix: string
  readonly statsd: StatsdAttachment
}

/** A bus whose metrics of every type go to a receiver, under a prefix of its own. */
function attachAll(prefix: string, port: number, options: Partial<StatsdOptions> = {}): Sender {
  const bus = createBus()
  const metrics = [
    counter('order.count', { tags: ['item'] }),
    sum('order.price', { monotonic: false }),
    lastValue('stock.level'),
    lastValue('stock.balance'),
    summary('order.duration', { unit: 'nanosecond' }),
    distribution('pay.duration', { unit: 'nanosecond', buckets: Array.from({ length: 40 }, (_, i) => (i + 1) * 25e6) }),
  ]
  const { store } = attachMetrics(bus, { metrics })
  return { bus, prefix, statsd: attachStatsd(bus, { store, prefix, port, flushMs: 100, ...options }) }
}

/** 1,000 orders and payments of 1 to 1,000 ms, one counter per hostile item, two gauges. */
async function emitEverything({ bus, statsd }: Sender): Promise<void> {
  for (const [index, item] of hostile.entries())
    for (let n = 0; n <= index; n++) bus.execute('order', { price: 0.25 }, { item })
  for (let ms = 1; ms <= 1_000; ms++) {
    bus.execute('order', { duration: ms * 1e6 }, { item: 'tea' })
    bus.execute('pay', { duration: ms * 1e6 })
  }
  bus.execute('order', { price: -1.5 }, { item: 'refund' })
  bus.execute('stock', { level: 1_234_567.5, balance: 7 })
  await statsd.flush()
  bus.execute('stock', { level: 1_234_567.5, balance: -5 })
  await statsd.flush()
}

/** The names of the hostile items on plain StatsD, each with how often it was counted. */
const hostileNames: readonly (readonly [string, number])[] = [
  'a_c_evil_1_c',
  'b_1',
  'c_d_e',
  'f_g_h',
  '____',
  '___',
  '_',
  '______x',
  'l'.repeat(256),
  '_.collision.2',
].map((name, index) => [name, index + 1])

function checkEverything(seen: Seen, prefix: string): void {
  for (const [name, count] of hostileNames) {
    const full = `${prefix}.order.count.${name}`.slice(0, seen.nameLength)
    assert.is(seen.count(full), count, full)
  }
  assert.is(seen.count(`${prefix}.order.count.tea`), 1_000)
  assert.is(seen.gauge(`${prefix}.stock.level`), 1_234_567.5)
  assert.is(seen.gauge(`${prefix}.stock.balance`), -5)
  near(seen.gauge(`${prefix}.order.duration.p50`), 500, 0.005)
  near(seen.gauge(`${prefix}.order.duration.p99`), 990, 0.005)
  assert.is(seen.count(`${prefix}.order.duration.count`), 1_000)
  assert.is(seen.count(`${prefix}.order.duration.sum`), 500_500)
  assert.is(seen.count(`${prefix}.pay.duration.count`), 1_000)
  assert.is(seen.count(`${prefix}.pay.duration.sum`), 500_500)
}

test('statsd counts, keeps gauges and computes percentiles of all that is sent, and finds no bad line', async ({
  statsd,
}) => {
  const sender = attachAll('udp', statsd.port)
  await emitEverything(sender)
  await until(() => statsd.gauge('udp.stock.balance') === -5 && statsd.count('udp.order.duration.count') === 1_000)
  checkEverything(statsd, 'udp')
  assert.is(statsd.count('udp.order.price'), 0.25 * 55 - 1.5)
  await untilWhole(sender, statsd, { median: [500, 0.06], upper_95: [950, 0.04], upper_99: [990, 0.04] })
  assert.is(statsd.count('statsd.bad_lines_seen'), 0)
  sender.statsd.ledger.assertConserved()
  sender.statsd.detach()
})

test('statsd understands the same over TCP', async ({ statsd }) => {
  const sender = attachAll('tcp', statsd.tcpPort, { protocol: 'tcp' })
  await emitEverything(sender)
  await until(() => statsd.gauge('tcp.stock.balance') === -5 && statsd.count('tcp.order.duration.count') === 1_000)
  checkEverything(statsd, 'tcp')
  await untilWhole(sender, statsd, { upper_99: [990, 0.04] })
  assert.is(statsd.count('statsd.bad_lines_seen'), 0)
  sender.statsd.detach()
})

test('collectd understands the same, and logs nothing that it could not parse', async ({ collectd }) => {
  const sender = attachAll('udp', collectd.port)
  await emitEverything(sender)
  await until(
    () =>
      collectd.timer('udp.pay.duration', 'percentile-99') !== undefined && collectd.gauge('udp.stock.balance') === -5,
    collectd.refresh,
  )
  checkEverything(collectd, 'udp')
  const figures = { 'percentile-50': [0.5, 0.06], 'percentile-99': [0.99, 0.04] } as const
  await untilWhole(sender, collectd, figures, collectd.refresh)
  assert.not.match(collectd.log(), 'Unable to parse')
  sender.statsd.detach()
})

test('a sampled line for every event is counted as what it stands for', async ({ statsd }) => {
  const bus = createBus()
  const metrics = [counter('each.job.count'), summary('each.job.duration', { unit: 'nanosecond' })]
  const events = attachStatsdEvents(bus, { metrics, port: statsd.port, sampleRate: 0.25, random: alternating(4) })
  for (let i = 0; i < 800; i++) bus.execute('each.job', { duration: 20e6 })
  await events.flush()
  await until(() => statsd.count('each.job.count') === 800)
  assert.is(statsd.timer('each.job.duration', 'count'), 800)
  assert.is(statsd.timer('each.job.duration', 'median'), 20)
  assert.is(statsd.count('statsd.bad_lines_seen'), 0)
  events.ledger.assertConserved()
  events.detach()
})

test('a million increments over UDP, aggregated: the total that another process received is exact', async ({
  statsd,
}) => {
  const { bus, statsd: sender } = attachAll('million', statsd.port)
  const point = bus.event('order')
  for (let i = 0; i < 1_000_000; i++) {
    point.execute({}, { item: i % 3 === 0 ? 'tea' : 'coffee' })
    // As a server would: now and then the loop turns, and the timer of the handler with it.
    if (i % 10_000 === 0) await sleep(2)
  }
  await bus.close()
  const total = () => statsd.count('million.order.count.tea') + statsd.count('million.order.count.coffee')
  await until(() => total() >= 1_000_000)
  await sleep(700)
  console.log(JSON.stringify({ increments: 1_000_000, received: total(), lines: sender.ledger.snapshot() }))
  assert.is(total(), 1_000_000)
  sender.ledger.assertConserved()
})

test('TCP: what happens while the receiver is dead arrives when it is back, exactly', async ({ statsd }) => {
  const { bus, statsd: sender } = attachAll('outage', statsd.tcpPort, { protocol: 'tcp' })
  const emit = async (count: number) => {
    for (let i = 0; i < count; i++) bus.execute('order', {}, { item: 'tea' })
    await sender.flush()
  }
  await emit(300)
  await until(() => statsd.count('outage.order.count.tea') === 300)
  await statsd.kill()
  await sleep(50)
  for (let i = 0; i < 10; i++) await emit(100)
  assert.is(sender.status().state, 'degraded')
  await statsd.start()
  await until(() => statsd.count('outage.order.count.tea') === 1_000)
  await sleep(700)
  assert.is(statsd.count('outage.order.count.tea'), 1_000)
  assert.is(sender.status().state, 'ok')
  assert.is(statsd.count('statsd.bad_lines_seen'), 0)
  sender.ledger.assertConserved()
  sender.detach()
})

test('UDP: a receiver that was started anew gets the gauges that did not change', async ({ statsd }) => {
  const { bus, statsd: sender } = attachAll('anew', statsd.port, { resendMs: 500 })
  bus.execute('stock', { level: 3, balance: -4 })
  await until(() => statsd.gauge('anew.stock.balance') === -4)
  await statsd.kill()
  await statsd.start()
  await until(() => statsd.gauge('anew.stock.balance') === -4 && statsd.gauge('anew.stock.level') === 3)
  assert.is(statsd.count('statsd.bad_lines_seen'), 0)
  sender.detach()
})

/** Numbers of which the first of each `n` is kept. */
function alternating(n: number): () => number {
  let turn = 0
  return () => (turn++ % (2 * n) < 2 ? 0 : 0.99)
}

/**
 * Waits for the figures of the payments' timer, each with how far it may be off. A daemon computes them of what has come between two of its flushes, and one may
 * fall between two packets: then the payments are sent again.
 */
async function untilWhole(
  { bus, prefix, statsd }: Sender,
  seen: Seen,
  figures: Readonly<Record<string, readonly [expected: number, share: number]>>,
  refresh: () => Promise<void> = async () => {},
): Promise<void> {
  const shown = () => Object.keys(figures).map((figure) => seen.timer(`${prefix}.pay.duration`, figure))
  const isWhole = () => Object.values(figures).every(([expected, share], i) => isNear(shown()[i], expected, share))
  for (let round = 0; round < 8; round++) {
    for (let look = 0; look < 15; look++) {
      await refresh()
      if (isWhole()) return
      await sleep(100)
    }
    for (let ms = 1; ms <= 1_000; ms++) bus.execute('pay', { duration: ms * 1e6 })
    await statsd.flush()
  }
  assert.unreachable(`${JSON.stringify(shown())} is not near ${JSON.stringify(figures)}`)
}

/** `share`: how far the value may be off. */
function near(value: number | undefined, expected: number, share: number): void {
  assert.ok(isNear(value, expected, share), `${value} is not near ${expected}`)
}

function isNear(value: number | undefined, expected: number, share: number): boolean {
  return value !== undefined && Math.abs(value / expected - 1) <= share
}

test.run()
