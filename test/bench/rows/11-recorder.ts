import { createHistogram } from 'node:perf_hooks'
import { initWebAssembly } from 'hdr-histogram-js'
import { bytesRetained, measure } from '../harness.ts'
import { latencies, microseconds } from '../latencies.ts'
import { createStore, isSummary, type MetricStore, summary } from '../library.ts'
import { hdrHistogram } from '../metric-peers.ts'
import { atMost, type Row } from '../row.ts'

const METRIC = 'shop.order.duration'
const SERIES = 200
const QUANTILES = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const

export const row: Row = {
  row: 11,
  work: 'recording into one series; its error at p50 to p99.9 and its size',
  async run(effort) {
    const values = microseconds(latencies(4096))
    const candidate = (name: string, call: string, target: unknown) => ({
      name,
      before: 'const now = Math.round(performance.now() * 1e6)',
      body: call,
      scope: { target, values },
    })
    const store = makeStore()
    const timings = await measure(effort, [
      candidate('ours', 'target.record(values[i & 4095], now)', store.bind(METRIC, { tag: 'a' })),
      candidate('ours, reading the clock', 'target.record(values[i & 4095])', store.bind(METRIC, { tag: 'b' })),
      candidate('hdr', 'target.recordValue(values[i & 4095])', hdrHistogram()),
      candidate('perf_hooks', 'target.record(values[i & 4095])', createHistogram()),
    ])
    // Afterwards: it grows its memory, which detaches an ArrayBuffer, and from then on V8 checks every typed array for that.
    await initWebAssembly()
    const besideWasm = await measure(effort, [
      candidate('ours', 'target.record(values[i & 4095], now)', store.bind(METRIC, { tag: 'c' })),
      candidate('wasm', 'target.recordValue(values[i & 4095])', hdrHistogram({ useWebAssembly: true })),
    ])
    return [
      atMost('hdr-histogram-js', 0.08, timings.ratio('ours', 'hdr')),
      atMost('hdr-histogram-js in WASM', 0.2, besideWasm.ratio('ours', 'wasm')),
      atMost('perf_hooks histogram', 0.2, timings.ratio('ours', 'perf_hooks')),
      atMost('error, p50 to p99.9', 0.5, worstErrorPercent(), '%'),
      atMost('per series', 19, bytesRetained(fillSeries, SERIES) / 1000, 'kB'),
    ]
  },
}

function makeStore(): MetricStore {
  return createStore({ metrics: [summary(METRIC, { tags: ['tag'] })] })
}

/** The largest relative error of a quantile over a million values, against the nearest rank of an exact sort. */
function worstErrorPercent(): number {
  const values = latencies(1_000_000, 12)
  const store = makeStore()
  const series = store.bind(METRIC, { tag: 'a' })
  for (const value of values) series.record(value)
  const point = store.get(METRIC, { tag: 'a' })
  if (point === undefined || !isSummary(point.value)) throw new TypeError('bench: the summary has no value')
  const summarized = point.value
  const sorted = values.toSorted()
  const errors = QUANTILES.map(([key, q]) => {
    const exact = sorted[Math.ceil(q * sorted.length) - 1] ?? Number.NaN
    return Math.abs((summarized[key] ?? Number.NaN) / exact - 1)
  })
  return Math.max(...errors) * 100
}

function fillSeries(): MetricStore {
  const store = makeStore()
  const values = latencies(1_000, 13)
  for (let index = 0; index < SERIES; index++) {
    const series = store.bind(METRIC, { tag: `tag${index}` })
    for (const value of values) series.record(value)
  }
  return store
}
