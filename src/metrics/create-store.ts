import { systemClock } from '../core/clock.ts'
import { TelemetryError } from '../core/errors.ts'
import { compilePattern } from '../core/names.ts'
import type { Clock, Measurements, Metadata } from '../core/types.ts'
import { bindSeries } from './bound-series.ts'
import { type DataPoint, isSummary, type MetricData, type Tags } from './data.ts'
import { createDeltaReader, type SeriesReading } from './delta-reader.ts'
import { createEventTime } from './event-time.ts'
import { createInvalidReport } from './invalid-report.ts'
import { mergeWindowsBy } from './merged-windows.ts'
import { MetricRecorder } from './metric-recorder.ts'
import type { EventRecorder, MetricStore, SeriesMatch, StoreOptions } from './metric-store.ts'
import { createProducer } from './producer.ts'
import { sampleWeight } from './read-event.ts'
import { pointOf } from './series.ts'
import { toTags } from './series-key.ts'
import { SeriesTable, type TableContext } from './series-table.ts'
import { encodeTable, mergeInto } from './store-encoding.ts'
import { readStoreOptions } from './store-options.ts'

/** Idle series are looked for at most this often, in nanoseconds. */
const SWEEP_NS = 1e9

/**
 * Makes a store: the only aggregation, which every exporter reads. It has no timers and nothing to close. Throws
 * `invalid_metric` for two metrics of one name and `invalid_option` for a bad limit; recording never throws.
 */
export function createStore(options: StoreOptions): MetricStore {
  const { metrics, clock = systemClock, report } = options
  const { globalTags, expireMs, limitOf, maxSeriesTotal } = readStoreOptions(options)
  const time = createEventTime(clock)
  const invalid = createInvalidReport(report)
  const readingTime = createReadingTime(clock)
  const sweepEvery = Math.min(SWEEP_NS, expireMs * 1e5)
  let sweptAt = time.now()

  const context: TableContext = {
    globalTags,
    time,
    maxSeriesTotal,
    expireNs: expireMs * 1e6,
    seriesTotal: 0,
    expired: 0,
    overflowed: 0,
    wallTime: () => clock.wallTime(),
    sweep,
    onOverflow: invalid.overflow,
  }
  const tables = new Map<string, SeriesTable>()
  for (const definition of metrics)
    tables.set(definition.name, new SeriesTable(definition, limitOf(definition), context))
  const recorders = metrics.map((definition) => ({
    matches: definition.events.map(compilePattern),
    recorder: new MetricRecorder(definition, tableOf(definition.name), clock),
  }))

  function tableOf(name: string): SeriesTable {
    const table = tables.get(name)
    if (table !== undefined) return table
    throw new TelemetryError('invalid_metric', `metrics: there is no metric '${name}' in this store`)
  }

  /** Forgets idle series, unless that was done just now. */
  function sweep(now: number): void {
    if (now - sweptAt < sweepEvery) return
    sweptAt = now
    for (const table of tables.values()) {
      context.expired += table.remove((series) => {
        if (series.touched) series.cells[2] = now
        series.touched = false
        return now - series.cells[2] > context.expireNs
      })
    }
  }

  /** The present, for a reader: idle series are gone and held back reports sent. */
  function present(): number {
    const now = time.now()
    sweep(now)
    invalid.flush(now, 'due')
    return now
  }

  function readings(name: string): SeriesReading[] {
    const now = present()
    const wall = readingTime()
    const found: SeriesReading[] = []
    for (const series of tables.get(name)?.all() ?? []) {
      const point = pointOf(series, now, wall)
      if (point !== undefined) found.push({ series, point })
    }
    return found
  }

  function collect(): MetricData[] {
    return metrics.map((definition) => ({ definition, points: readings(definition.name).map(({ point }) => point) }))
  }

  function* points(name: string): IterableIterator<DataPoint> {
    present()
    const wall = readingTime()
    for (const series of tables.get(name)?.all() ?? []) {
      const point = series.live ? pointOf(series, time.now(), wall) : undefined
      if (point !== undefined) yield point
    }
  }

  function recorder(event: string): EventRecorder | undefined {
    const wanted = recorders
      .filter(({ matches }) => matches.some((match) => match(event)))
      .map((entry) => entry.recorder)
    const [metric, second] = wanted
    if (metric === undefined) return undefined
    if (second === undefined) return (measurements, metadata) => recordOne(metric, event, measurements, metadata)
    return (measurements, metadata) => recordAll(wanted, event, measurements, metadata)
  }

  /** The usual case has a function of its own, which V8 can inline into the handler. */
  function recordOne(metric: MetricRecorder, event: string, measurements: Measurements, metadata: Metadata): void {
    try {
      const now = time.of(measurements['monotonic_time'])
      const reason = metric.record(measurements, metadata, sampleWeight(measurements['sample_weight']))
      if (reason !== undefined) invalid.add(metric.name, reason, now, event)
    } catch {
      invalid.add(metric.name, 'exception', time.now(), event)
    }
  }

  function recordAll(wanted: MetricRecorder[], event: string, measurements: Measurements, metadata: Metadata): void {
    let next = 0
    while (next < wanted.length) {
      // Around all of them, and entered again behind the one that threw.
      try {
        const now = time.of(measurements['monotonic_time'])
        const weight = sampleWeight(measurements['sample_weight'])
        for (; next < wanted.length; next++) {
          const metric = wanted[next]
          const reason = metric?.record(measurements, metadata, weight)
          if (metric !== undefined && reason !== undefined) invalid.add(metric.name, reason, now, event)
        }
      } catch {
        invalid.add(wanted[next++]?.name ?? '', 'exception', time.now(), event)
      }
    }
  }

  function prune(match: SeriesMatch): number {
    const test = typeof match === 'function' ? match : hasTags(toTags(match))
    let removed = 0
    for (const [name, table] of tables) removed += table.remove(({ origin }) => test(origin.tags, name))
    return removed
  }

  function get(name: string, tags: { readonly [key: string]: unknown } = {}): DataPoint | undefined {
    const now = present()
    const series = tables.get(name)?.find(tags)
    return series && pointOf(series, now, readingTime())
  }

  const store: MetricStore = {
    definitions: metrics,
    globalTags,
    collect,
    points,
    get,
    window(name, tags) {
      const value = get(name, tags)?.value
      return value !== undefined && isSummary(value) ? value : undefined
    },
    windows(name, by = []) {
      const now = present()
      const table = tables.get(name)
      return table === undefined ? [] : mergeWindowsBy(table, by, now)
    },
    snapshot() {
      const data = collect()
      return {
        time: readingTime(),
        metrics: data.map(({ definition: { name, type, unit, description }, points }) => ({
          ...{ name, type, unit, description },
          points,
        })),
      }
    },
    bind: (name, tags = {}) => bindSeries(tableOf(name), toTags(tags), time, invalid),
    recorder,
    prune,
    exportWindows() {
      const now = present()
      return { version: 1, time: readingTime(), metrics: [...tables.values()].map((table) => encodeTable(table, now)) }
    },
    mergeWindows: (encoded, tags = {}) => mergeInto(tables, encoded, toTags(tags), time.now()),
    deltas: () => createDeltaReader({ definitions: metrics, readings }),
    producer: (producerOptions) => createProducer(store, producerOptions),
    stats: () => ({
      series: context.seriesTotal,
      expired: context.expired,
      overflowed: context.overflowed,
      invalid: invalid.total,
    }),
    flush: () => invalid.flush(time.now(), 'all'),
  }
  return store
}

/** Wall time of readings, which never goes back: points of one series that overlap are rejected by OTLP backends. */
function createReadingTime(clock: Clock): () => number {
  let latest = Number.NEGATIVE_INFINITY
  return () => {
    latest = Math.max(latest, clock.wallTime())
    return latest
  }
}

function hasTags(wanted: Tags): (tags: Tags) => boolean {
  return (tags) => Object.entries(wanted).every(([tag, value]) => (tags[tag] ?? '') === value)
}
