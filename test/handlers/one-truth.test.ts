import { type AddressInfo, createServer, type Server } from 'node:net'
import * as fc from 'fast-check'
import { createBus } from 'sonde'
import { attachMetrics } from 'sonde/handlers/metrics'
import { attachOtlp } from 'sonde/handlers/otlp'
import { attachPrometheus } from 'sonde/handlers/prometheus'
import { attachStatsd } from 'sonde/handlers/statsd'
import { counter, distribution, lastValue, type MetricStore, sum, summary } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import type { Plain } from './otlp/official.ts'
import { type ReceivedRequest, startHttpReceiver } from './otlp/receiver.ts'
import { attributesOf } from './otlp/strict-streams.ts'
import { parseStrict as parseExposition } from './prometheus/strict-parser.ts'
import { applyGauges, parseStrict as parseDatagram } from './statsd/strict-parser.ts'

/**
 * One store, read in four ways: whatever happens, Prometheus, StatsD, OTLP (both temporalities) and JSON say what an exact model
 * says. A view is a Map from `metric who statistic` to a number; StatsD, whose tags are made safe, from `metric statistic` to the sum.
 */
const test = suite('handlers/one truth', { limitMs: 60_000 })
const seed = Date.now() % 1e9

const bounds = [1, 10, 100] as const
const buckets = [...bounds, Number.POSITIVE_INFINITY]
const names = ['plain', 'two words', 'ü|:#,@=', '"quoted"\\n\n', '', '\ud800', '{overflow="true"}'] as const
const metrics = [
  counter('shop.hits', { event: 'shop.sale', tags: ['who'], exportName: 'hits_total' }),
  sum('shop.pieces', { event: 'shop.sale', measurement: 'pieces', tags: ['who'], exportName: 'pieces_total' }),
  sum('shop.balance', {
    event: 'shop.sale',
    measurement: 'change',
    tags: ['who'],
    monotonic: false,
    exportName: 'balance',
  }),
  lastValue('shop.level', { event: 'shop.sale', measurement: 'change', tags: ['who'], exportName: 'level' }),
  distribution('shop.size', {
    event: 'shop.sale',
    measurement: 'pieces',
    tags: ['who'],
    buckets: [...bounds],
    exportName: 'size',
  }),
  summary('shop.window', { event: 'shop.sale', measurement: 'pieces', tags: ['who'], exportName: 'window' }),
]

type View = Map<string, number>

interface Sale {
  readonly who: string
  readonly pieces: number
  readonly change: number
  /** How many sales it stands for. */
  readonly weight: number
}

const sale: fc.Arbitrary<Sale> = fc.record({
  who: fc.constantFrom(...names),
  // In eighths, so that sums are exact in binary, and often on a bound.
  pieces: fc.oneof(
    fc.constantFrom(0, ...bounds),
    fc.integer({ min: 0, max: 2_000 }).map((eighths) => eighths / 8),
  ),
  change: fc.integer({ min: -800, max: 800 }).map((eighths) => eighths / 8),
  weight: fc.constantFrom(1, 1, 1, 7),
})

function add(view: View, key: string, value: number): void {
  view.set(key, (view.get(key) ?? 0) + value)
}

function modelOf(sales: readonly Sale[]): View {
  const view: View = new Map()
  for (const { who, pieces, change, weight } of sales) {
    const of = who.replace('\ud800', '\ufffd')
    add(view, `hits ${of} value`, weight)
    add(view, `pieces ${of} value`, pieces * weight)
    add(view, `balance ${of} value`, change * weight)
    view.set(`level ${of} value`, change)
    for (const metric of ['size', 'window']) {
      add(view, `${metric} ${of} count`, weight)
      add(view, `${metric} ${of} sum`, pieces * weight)
    }
    for (const bound of buckets) add(view, `size ${of} le ${bound}`, pieces <= bound ? weight : 0)
  }
  return view
}

function jsonView(store: MetricStore): View {
  const view: View = new Map()
  // Through JSON, as a reader gets it.
  const { metrics: read }: ReturnType<MetricStore['snapshot']> = JSON.parse(JSON.stringify(store.snapshot()))
  for (const { name, points } of read) {
    for (const { tags, value } of points) {
      const stem = `${name.slice('shop.'.length)} ${tags['who']}`
      if (typeof value === 'number') view.set(`${stem} value`, value)
      else if ('lifetimeCount' in value) setTotals(view, stem, value.lifetimeCount, value.lifetimeSum)
      else setHistogram(view, stem, value)
    }
  }
  return view
}

function setTotals(view: View, stem: string, count: number, total: number): void {
  view.set(`${stem} count`, count)
  view.set(`${stem} sum`, total)
}

function setHistogram(
  view: View,
  stem: string,
  value: { counts: readonly number[]; count: number; sum: number },
): void {
  setTotals(view, stem, value.count, value.sum)
  let below = 0
  for (const [i, bound] of buckets.entries()) {
    below += value.counts[i] ?? 0
    view.set(`${stem} le ${bound}`, below)
  }
}

function prometheusView(text: string, format: 'text' | 'openmetrics'): View {
  const view: View = new Map()
  for (const family of parseExposition(text, format)) {
    for (const { name, labels, value } of family.samples) {
      const { who = '', le, quantile } = labels
      const [, metric = '', statistic = 'value'] = /^([a-z]+?)(?:_(count|sum|bucket|total))?$/.exec(name) ?? []
      // The window at this moment, which the model does not have.
      if (quantile !== undefined) continue
      if (le !== undefined) view.set(`${metric} ${who} le ${le === '+Inf' ? 'Infinity' : Number(le)}`, value)
      else view.set(`${metric} ${who} ${statistic === 'total' ? 'value' : statistic}`, value)
    }
  }
  return view
}

interface OtlpPoint extends Plain {
  readonly asDouble?: number
  readonly count?: string
  readonly sum?: number
  readonly bucketCounts?: readonly string[]
}

/** Deltas are added up, everything else is what was said last. */
function otlpView(requests: readonly ReceivedRequest[]): View {
  const view: View = new Map()
  for (const { message } of requests) {
    // The boundary: the receiver has checked it against the official definition.
    const { resourceMetrics } = message as unknown as {
      resourceMetrics: {
        scopeMetrics: { metrics: Record<string, { aggregationTemporality?: number; dataPoints: OtlpPoint[] }>[] }[]
      }[]
    }
    for (const metric of resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap((scope) => scope.metrics),
    )) {
      const { gauge, sum: total, histogram } = metric
      const data = gauge ?? total ?? histogram
      const [, name = '', statistic = 'value'] = /^shop\.([a-z]+)(?:\.(count|sum))?$/.exec(String(metric['name'])) ?? []
      for (const point of data?.dataPoints ?? [])
        takePoint(view, point, [name, statistic], data?.aggregationTemporality === 1)
    }
  }
  return view
}

function takePoint(view: View, point: OtlpPoint, [name, statistic]: [string, string], isDelta: boolean): void {
  const attributes = attributesOf(point)
  if (attributes.some((text) => text.startsWith('quantile='))) return
  const who = attributes.find((text) => text.startsWith('who='))?.slice('who='.length) ?? ''
  const put = (key: string, value: number) => (isDelta ? add(view, key, value) : void view.set(key, value))
  if (point.bucketCounts === undefined) {
    put(`${name} ${who} ${statistic}`, point.asDouble ?? 0)
    return
  }
  put(`${name} ${who} count`, Number(point.count))
  put(`${name} ${who} sum`, point.sum ?? 0)
  let below = 0
  for (const [i, bound] of buckets.entries()) {
    below += Number(point.bucketCounts[i] ?? 0)
    put(`${name} ${who} le ${bound}`, below)
  }
}

function statsdView(text: string): View {
  const view: View = new Map()
  const lines = text === '' ? [] : parseDatagram(Buffer.from(text), 'dogstatsd')
  for (const { name, type, value } of lines) {
    const [, metric = '', statistic = 'value'] = /^shop\.([a-z]+)(?:\.(count|sum))?$/.exec(name) ?? []
    if (type === 'c') add(view, `${metric} ${statistic}`, value)
  }
  const gauges = applyGauges(
    lines.filter(({ name }) => name === 'shop.level'),
    'dogstatsd',
  )
  for (const value of gauges.values()) add(view, 'level value', value)
  return view
}

/** A view summed over `who`, with what StatsD can say. */
function summed(model: View): View {
  const view: View = new Map()
  for (const [key, value] of model) {
    if (/ le [\dI][^ ]*$/.test(key)) continue
    add(view, `${key.slice(0, key.indexOf(' '))} ${key.slice(key.lastIndexOf(' ') + 1)}`, value)
  }
  return view
}

function assertAgrees(name: string, view: View, model: View): void {
  const sorted = (of: View) => [...of].filter(([, value]) => value !== 0).sort(([a], [b]) => (a < b ? -1 : 1))
  assert.equal(sorted(view), sorted(model), name)
}

/** A StatsD receiver that keeps all it hears. */
async function startListener(): Promise<{ port: number; server: Server; heard(): string }> {
  let heard = ''
  const server = createServer((socket) => socket.on('data', (data: Buffer) => (heard += data.toString('latin1'))))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // The boundary: a server that listens on a port has an address of this kind.
  return { port: (server.address() as AddressInfo).port, server, heard: () => Buffer.from(heard, 'latin1').toString() }
}

test(`Prometheus, StatsD, OTLP and JSON agree with an exact model (seed ${seed})`, async () => {
  const rounds = fc.array(fc.array(sale, { maxLength: 25 }), { minLength: 1, maxLength: 4 })
  await fc.assert(fc.asyncProperty(rounds, runOne), { seed, numRuns: 25, endOnFailure: true })
})

async function runOne(rounds: readonly (readonly Sale[])[]): Promise<void> {
  const bus = createBus()
  const listener = await startListener()
  const [cumulative, delta] = [await startHttpReceiver(), await startHttpReceiver()]
  const { store } = attachMetrics(bus, { metrics })
  const prometheus = attachPrometheus(bus, { store })
  const statsd = attachStatsd(bus, { store, dialect: 'dogstatsd', protocol: 'tcp', port: listener.port })
  const shared = { store, environment: {}, intervalMs: 3_600_000 } as const
  attachOtlp(bus, { ...shared, id: 'cumulative', endpoint: cumulative.url })
  attachOtlp(bus, { ...shared, id: 'delta', endpoint: delta.url, temporality: 'delta', protocol: 'http/json' })
  try {
    for (const round of rounds) {
      for (const { who, pieces, change, weight } of round) {
        bus.execute('shop.sale', { pieces, change, ...(weight !== 1 && { sample_weight: weight }) }, { who })
      }
      await bus.flush()
    }
    while (listener.heard().split('\n').length - 1 < statsd.ledger.snapshot().delivered) await new Promise(setImmediate)
    const model = modelOf(rounds.flat())
    assertAgrees('JSON', jsonView(store), model)
    assertAgrees('Prometheus, text', prometheusView((await prometheus.render()).body, 'text'), model)
    const { body } = await prometheus.render('application/openmetrics-text;version=1.0.0')
    assertAgrees('Prometheus, OpenMetrics', prometheusView(body, 'openmetrics'), model)
    assertAgrees('OTLP, cumulative', otlpView(cumulative.requests), model)
    assertAgrees('OTLP, delta', otlpView(delta.requests), model)
    assertAgrees('StatsD', statsdView(listener.heard()), summed(model))
    assert.equal([...cumulative.problems, ...delta.problems], [])
    statsd.ledger.assertConserved()
  } finally {
    await bus.close()
    for (const receiver of [cumulative, delta]) await receiver.close()
    listener.server.close()
  }
}

test.run()
