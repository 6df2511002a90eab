import { sink } from '../dispatchers.ts'
import { type Candidate, measure } from '../harness.ts'
import { latencies, microseconds } from '../latencies.ts'
import { type Clock, createStore, summary } from '../library.ts'
import { hdrHistogram } from '../metric-peers.ts'
import { atMost, type Row } from '../row.ts'

const METRIC = 'shop.order.duration'
const SLOTS = 6
const SLOT_MS = 10_000
const PER_SLOT = 10_000
const SAMPLES = 10_000

export const row: Row = {
  row: 14,
  work: 'rolling window of six slots: reading p50, p95 and p99 after a record; recording',
  async run(effort) {
    const values = microseconds(latencies(PER_SLOT))
    const timings = await measure(effort, [...windowed(values), mergedHdr(values), ...sampled(values)])
    return [
      atMost('merging hdr-histogram-js', 0.1, timings.ratio('read', 'merge hdr')),
      atMost('sorting 10,000 samples', 0.012, timings.ratio('read', 'sort samples')),
      atMost('push and shift of samples, recording', 0.05, timings.ratio('record', 'push samples')),
    ]
  },
}

/** Ours, with all six slots filled. */
function windowed(values: Int32Array): Candidate[] {
  const clock = steppedClock()
  const options = { windowMs: SLOTS * SLOT_MS, slots: SLOTS }
  const store = createStore({ metrics: [summary(METRIC, options)], clock })
  const series = store.bind(METRIC)
  for (let slot = 0; slot < SLOTS; slot++) {
    if (slot > 0) clock.step(SLOT_MS)
    for (const value of values) series.record(value)
  }
  const scope = { store, series, values, S: sink }
  return [
    {
      name: 'read',
      body: `series.record(values[i % ${PER_SLOT}]); const { value } = store.get('${METRIC}'); S[0] += value.p50 + value.p95 + value.p99`,
      scope,
    },
    recordingOnly(values),
  ]
}

/** In a store of its own with the real clock, given the time that the end of a span carries. */
function recordingOnly(values: Int32Array): Candidate {
  const series = createStore({ metrics: [summary(METRIC)] }).bind(METRIC)
  return {
    name: 'record',
    before: 'const now = Math.round(performance.now() * 1e6)',
    body: `series.record(values[i % ${PER_SLOT}], now + i * 20)`,
    scope: { series, values },
  }
}

function mergedHdr(values: Int32Array): Candidate {
  const slots = Array.from({ length: SLOTS }, () => hdrHistogram())
  for (const slot of slots) for (const value of values) slot.recordValue(value)
  return {
    name: 'merge hdr',
    body: `slots[i % ${SLOTS}].recordValue(values[i % ${PER_SLOT}]); merged.reset()
      for (const slot of slots) merged.add(slot)
      S[1] += merged.getValueAtPercentile(50) + merged.getValueAtPercentile(95) + merged.getValueAtPercentile(99)`,
    scope: { slots, merged: hdrHistogram(), values, S: sink },
  }
}

/** The last 10,000 values with their times, sorted when read. */
function sampled(values: Int32Array): Candidate[] {
  const make = () => Array.from(values.slice(0, SAMPLES), (value) => ({ value, time: Date.now() }))
  const push = `samples.push({ value: values[i % ${PER_SLOT}], time: Date.now() }); if (samples.length > ${SAMPLES}) samples.shift()`
  return [
    { name: 'push samples', body: push, scope: { samples: make(), values } },
    {
      name: 'sort samples',
      body: `${push}
        const oldest = Date.now() - ${SLOTS * SLOT_MS}
        const sorted = samples.filter((s) => s.time >= oldest).map((s) => s.value).sort((a, b) => a - b)
        const at = (q) => sorted[Math.ceil(q * sorted.length) - 1]
        S[2] += at(0.5) + at(0.95) + at(0.99)`,
      scope: { samples: make(), values, S: sink },
    },
  ]
}

/** A clock that moves when it is told to. */
function steppedClock(): Clock & { step(ms: number): void } {
  let now = 0
  return {
    wallTime: () => now,
    monotonicTime: () => now * 1e6,
    after: () => () => {},
    every: () => () => {},
    step(ms) {
      now += ms
    },
  }
}
