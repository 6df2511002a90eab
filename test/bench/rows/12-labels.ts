import { bytesPerOperation, type Candidate, measure } from '../harness.ts'
import { type LabelledRecords, labelledRecords } from '../labels.ts'
import { createStore, distribution, type MetricDefinition } from '../library.ts'
import { LABELS, otelHistogram, promHistogram } from '../metric-peers.ts'
import { atMost, type Row } from '../row.ts'

export const row: Row = {
  row: 12,
  work: 'histogram with two labels, a hundred and ten thousand series',
  async run(effort) {
    const few = labelledRecords(50, 2)
    const many = labelledRecords(100, 100)
    const ours = recording('ours', few)
    const timings = await measure(effort, [
      ours,
      recording('ours many', many),
      observing('prom', few),
      observing('prom many', many),
      {
        name: 'otel',
        body: `target.record(${few.milliseconds}, ${few.labels})`,
        scope: { target: otelHistogram(), ...few.scope },
      },
    ])
    return [
      atMost('prom-client, 100 series', 0.08, timings.ratio('ours', 'prom')),
      atMost('OpenTelemetry SDK, 100 series', 0.03, timings.ratio('ours', 'otel')),
      atMost('prom-client, 10,000 series', 0.3, timings.ratio('ours many', 'prom many')),
      atMost('per record of a given event', 0, Math.floor(await bytesPerOperation(recordingGiven(few))), 'B'),
    ]
  },
}

/** What `attachMetrics` calls for an event, without the bus; the event carries its time, as the end of a span does. */
function recording(name: string, { labels, nanoseconds, scope }: LabelledRecords): Candidate {
  return {
    name,
    before: 'const now = Math.round(performance.now() * 1e6)',
    body: `record({ duration: ${nanoseconds}, monotonic_time: now + i * 20 }, ${labels})`,
    scope: {
      record: recorderOf(distribution('shop.order.duration', { unit: ['nanosecond', 'second'], tags: LABELS })),
      ...scope,
    },
  }
}

/** The same without building the event, which is the emitter's. */
function recordingGiven(records: LabelledRecords): Candidate {
  const candidate = recording('given', records)
  return {
    ...candidate,
    before: `${candidate.before}; const measurements = { duration: 5, monotonic_time: now }`,
    body: 'record(measurements, given[i & 7])',
    scope: {
      ...candidate.scope,
      given: Array.from({ length: 8 }, (_, index) => ({
        method: `method${index}`,

        outcome: 'outcome1',
      })),
    },
  }
}

function recorderOf(definition: MetricDefinition): unknown {
  return createStore({ metrics: [definition], maxSeries: 20_000 }).recorder('shop.order')
}

function observing(name: string, { labels, seconds, scope }: LabelledRecords): Candidate {
  return { name, body: `target.observe(${labels}, ${seconds})`, scope: { target: promHistogram(), ...scope } }
}
