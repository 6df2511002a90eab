import { type Clock, isFailedEnd, type Measurements, type Metadata } from 'sonde'
import {
  createStore,
  type MetricStore,
  readKey,
  type SummaryValue,
  sampleWeight,
  sum,
  summary,
  type Tags,
} from 'sonde/metrics'
import type { EndName } from './names.ts'

/** What one operation did in one window. Times are integer nanoseconds. */
export interface Figures {
  readonly operation: string
  readonly tags: Tags
  /** Ends, failures included; a sampled one counts for as many as it stands for. */
  readonly count: number
  readonly mean: number
  readonly max: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** Share of the ends that failed. */
  readonly error_rate: number
  /** Ends that were really seen: what the quantiles rest on. */
  readonly kept: number
}

type Times = Pick<Figures, 'count' | 'mean' | 'max' | 'p50' | 'p95' | 'p99'>

/** The end of an operation, as far as it is read. */
export interface End {
  readonly name: EndName
  readonly measurements: Measurements
  readonly metadata: Metadata
}

export interface Window {
  /** Records an end. One without a duration from 0 to 2^53 is left out. */
  record(end: End): void
  /** One row per operation and tags; everything beyond `maxOperations` is together in the last one. */
  read(): Figures[]
}

export interface WindowOptions {
  readonly clock: Clock
  /** Metadata keys. */
  readonly tags: readonly string[]
  readonly maxOperations: number
}

/** What everything beyond `maxOperations` is called, and its tags. */
export const OVERFLOW = 'overflow'
export const overflowTags: Tags = Object.freeze({ overflow: 'true' })

/** Among the tags of the store; no metadata key begins with a dot. */
const OPERATION = '.operation'
/** Thirty thousand years: nothing leaves the store, which is the window, and is thrown away at its end. */
const NEVER_MS = 1e15

/** Makes an empty window. It ends when its owner makes the next one. */
export function createWindow({ clock, tags, maxOperations }: WindowOptions): Window {
  // One object for all ends: the store only reads it. Without a prototype, for a key `__proto__`.
  const source: { [key: string]: unknown } = Object.create(null)
  let failed = 0
  let share = 1
  const series = { event: 'end', tags: [OPERATION, ...tags], tagValues: () => source }
  const store = createStore({
    clock,
    // All three see every end, so that the same one is beyond the limit of each.
    metrics: [
      summary('duration', { ...series, measurement: 'duration', windowMs: NEVER_MS }),
      sum('failed', { ...series, measurement: () => failed }),
      sum('kept', { ...series, measurement: () => share }),
    ],
    maxSeries: maxOperations,
    maxSummarySeries: maxOperations,
    maxSeriesTotal: 3 * maxOperations,
    expireMs: Number.POSITIVE_INFINITY,
  })
  const recordEnd = store.recorder('end')

  return {
    record(end) {
      const { name, measurements, metadata } = end
      const { duration, sample_weight } = measurements
      if (typeof duration !== 'number' || !(duration >= 0 && duration <= Number.MAX_SAFE_INTEGER)) return
      source[OPERATION] = name.operation
      for (const tag of tags) source[tag] = readKey(metadata, tag)
      failed = isFailedEnd(name.lastSegment, metadata) ? 1 : 0
      // What an end adds to the ones really seen: times its weight, which the store applies, it is one.
      share = 1 / sampleWeight(sample_weight)
      recordEnd?.(measurements, metadata)
    },
    read: () => [...store.points('duration')].flatMap(({ tags: own }) => readFigures(store, own)),
  }
}

function readFigures(store: MetricStore, own: Tags): Figures[] {
  const window = store.window('duration', own)
  if (window === undefined || window.count === 0) return []
  const { [OPERATION]: operation = OVERFLOW, ...tags } = own
  const failed = totalOf(store, 'failed', own)
  return [
    {
      operation,
      tags,
      ...timesOf(window),
      error_rate: Math.min(1, failed / window.count),
      kept: Math.round(totalOf(store, 'kept', own)),
    },
  ]
}

/** Quantiles are middles of buckets: rounded down, those of short times are exact. */
function timesOf({ count, mean = 0, max = 0, p50 = 0, p95 = 0, p99 = 0 }: SummaryValue): Times {
  return {
    count,
    mean: Math.round(mean),
    max: Math.round(max),
    p50: Math.floor(p50),
    p95: Math.floor(p95),
    p99: Math.floor(p99),
  }
}

function totalOf(store: MetricStore, name: string, tags: Tags): number {
  const value = store.get(name, tags)?.value
  return typeof value === 'number' ? value : 0
}
