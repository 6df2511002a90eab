import { type Dispatcher, mittEmitter, nodeEvents, sondeNames, sondePoints } from '../dispatchers.ts'
import { type Candidate, evaluate, measure, type Scope } from '../harness.ts'
import { labelledRecords } from '../labels.ts'
import { attachMetrics, createBus, summary } from '../library.ts'
import { hdrHistogram, LABELS, otelHistogram, promHistogram } from '../metric-peers.ts'
import { pollute } from '../pollution.ts'
import { atMost, type Row } from '../row.ts'

const EVENT = 'shop.order.stop'
const records = labelledRecords(50, 2)

export const row: Row = {
  row: 13,
  work: 'event to percentiles, end to end, a hundred series',
  async run(effort) {
    const bus = createBus()
    pollute(sondeNames(bus))
    attachMetrics(bus, { metrics: [summary(`${EVENT}.duration`, { tags: LABELS })] })
    const timings = await measure(effort, [
      { ...emitting(sondePoints(bus)), name: 'ours' },
      withoutTime(bus.event(EVENT)),
      naive(),
      listening('prom', nodeEvents(), 'target.observe(md, m.duration / 1e9)', { target: promHistogram() }),
      listening('otel', nodeEvents(), 'target.record(m.duration / 1e6, md)', { target: otelHistogram() }),
    ])
    return [
      atMost('mitt and hdr-histogram-js', 0.08, timings.ratio('ours', 'mitt and hdr')),
      atMost('node:events and prom-client', 0.08, timings.ratio('ours', 'prom')),
      atMost('node:events and OpenTelemetry SDK', 0.04, timings.ratio('ours', 'otel')),
    ]
  },
}

/** An emit of what the end of a span carries, with two labels. */
function emitting(dispatcher: Dispatcher): Candidate {
  const measurements = `{ duration: ${records.nanoseconds}, monotonic_time: now + i * 20 }`
  const { body, scope } = dispatcher.emit(EVENT, { measurements, metadata: records.labels })
  return {
    name: dispatcher.name,
    before: 'const now = Math.round(performance.now() * 1e6)',
    body,
    scope: { ...records.scope, ...scope },
  }
}

/** Events that do not say when they happened make the store read the clock. Shown with SONDE_BENCH_VERBOSE only. */
function withoutTime(point: unknown): Candidate {
  const body = `point.execute({ duration: ${records.nanoseconds} }, ${records.labels})`
  return { name: 'ours, event without a time', body, scope: { point, ...records.scope } }
}

/** What one writes first: a Map of histograms by a joined key. */
function naive(): Candidate {
  const body = `
    const { measurements: m, metadata: md } = message
    const key = md.method + '|' + md.outcome
    let histogram = all.get(key)
    if (histogram === undefined) all.set(key, histogram = make())
    histogram.recordValue(Math.ceil(m.duration / 1e3))`
  return listening('mitt and hdr', mittEmitter(), body, { all: new Map(), make: () => hdrHistogram() })
}

function listening(name: string, dispatcher: Dispatcher, body: string, scope: Scope): Candidate {
  pollute(dispatcher)
  const { parameters } = dispatcher.handler
  dispatcher.attach(EVENT, evaluate<() => void>(`return (${parameters}) => { ${body} }`, scope))
  return { ...emitting(dispatcher), name }
}
