import { Histogram, Registry } from 'prom-client'
import { longestBlock } from '../../harness/longest-block.ts'
import { type Candidate, measure } from '../harness.ts'
import { latencies } from '../latencies.ts'
import { attachPrometheus, createBus, createStore, distribution } from '../library.ts'
import { LABELS } from '../metric-peers.ts'
import { atMost, type Row } from '../row.ts'
import { median } from '../statistics.ts'

const HISTOGRAMS = 5
const METHODS = 50
const OUTCOMES = 40

/** prom-client's default, in seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export const row: Row = {
  row: 16,
  work: 'Prometheus scrape of 10,000 series in five histograms',
  async run(effort) {
    const ours = filledStore()
    const prom = filledRegistry()
    const timings = await measure(effort, [
      rendering('ours', () => ours.render()),
      rendering('prom', () => prom.metrics()),
    ])
    const blocks: number[] = []
    for (let round = 0; round < effort.rounds; round++) blocks.push(await longestBlock(() => ours.render()))
    return [
      atMost('prom-client', 0.5, timings.ratio('ours', 'prom')),
      atMost('at a time that the event loop is blocked', 10, median(blocks), 'ms'),
    ]
  },
}

function rendering(name: string, render: () => Promise<unknown>): Candidate {
  return { name, asynchronous: true, body: 'await render()', scope: { render } }
}

function filledStore(): ReturnType<typeof attachPrometheus> {
  const metrics = Array.from({ length: HISTOGRAMS }, (_, n) =>
    distribution(`shop.order${n}.duration`, {
      event: 'shop.order',
      measurement: 'duration',
      unit: ['nanosecond', 'second'],
      buckets: BUCKETS,
      tags: LABELS,
    }),
  )
  const store = createStore({ metrics })
  const record = store.recorder('shop.order')
  forEachSeries((labels, nanoseconds) => record?.({ duration: nanoseconds }, labels))
  return attachPrometheus(createBus(), { store })
}

function filledRegistry(): Registry {
  const registry = new Registry()
  const histograms = Array.from({ length: HISTOGRAMS }, (_, n) => {
    const name = `shop_order${n}_duration_seconds`
    return new Histogram({ name, help: name, labelNames: LABELS, buckets: BUCKETS, registers: [registry] })
  })
  forEachSeries((labels, nanoseconds) => {
    for (const histogram of histograms) histogram.observe(labels, nanoseconds / 1e9)
  })
  return registry
}

/** The same values for both. */
function forEachSeries(record: (labels: { method: string; outcome: string }, nanoseconds: number) => void): void {
  const values = latencies(METHODS * OUTCOMES)
  for (const [index, nanoseconds] of values.entries()) {
    record({ method: `method${index % METHODS}`, outcome: `outcome${Math.floor(index / METHODS)}` }, nanoseconds)
  }
}
