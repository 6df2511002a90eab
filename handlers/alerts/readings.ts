import type { MetricStore, SummaryValue, Tags } from 'sonde/metrics'
import type { CompiledRule, MetricSource } from './compiled-rule.ts'
import { CounterWindow } from './counter-window.ts'
import type { Reading } from './evaluate.ts'
import { groupBy, tagsKey } from './group-by.ts'
import type { Increments } from './increments.ts'

/** What a rule measures for one combination of its tags. */
export interface TaggedReading {
  readonly tags: Tags
  readonly reading: Reading
}

/** Reads what a rule measures, once per check. `now` is monotonic, ns. */
export type Read = (now: number) => readonly TaggedReading[]

/** A combination of tags that nothing has come of for so many windows is forgotten. */
const IDLE_WINDOWS = 10

/** Makes the reader of a rule about a metric. At most `maxGroups` combinations of tags are followed. */
export function createRead(
  { by, limits }: CompiledRule,
  source: MetricSource,
  {
    store,
    increments,
    maxGroups,
    now,
  }: {
    readonly store: MetricStore
    readonly increments: Increments
    readonly maxGroups: number
    /** When it begins to look. */
    readonly now: number
  },
): Read {
  const { metric, stat } = source
  if (stat === 'last') return () => readLast(store, metric.name, by, limits.direction)
  if (stat === 'rate' || stat === 'ratio' || stat === 'count' || stat === 'absent') {
    return readCounters(source, by, {
      increments,
      maxGroups,
      now,
      keepIdle: stat === 'absent' || limits.direction === 'below',
    })
  }
  return () =>
    store.windows(metric.name, by).map(({ tags, value }) => ({
      tags,
      reading: { value: quantileOf(value, stat), count: value.count },
    }))
}

function quantileOf(value: SummaryValue, stat: 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'mean' | 'max' | 'min') {
  return value[stat]
}

/** The worst of the series, that is the one that is furthest on the wrong side. */
function readLast(
  store: MetricStore,
  name: string,
  by: readonly string[],
  direction: 'above' | 'below',
): TaggedReading[] {
  return groupBy(store.points(name), by).map(({ tags, members }) => {
    const values = members.flatMap(({ value }) => (typeof value === 'number' ? [value] : []))
    const worst = direction === 'above' ? Math.max(...values) : Math.min(...values)
    return { tags, reading: { value: worst, count: values.length } }
  })
}

interface CounterOptions {
  readonly increments: Increments
  readonly maxGroups: number
  readonly now: number
  readonly keepIdle: boolean
}

function readCounters(
  { metric, over, stat, windowNs }: MetricSource,
  by: readonly string[],
  { increments, maxGroups, now: begin, keepIdle }: CounterOptions,
): Read {
  const windows = new Map<string, { readonly tags: Tags; readonly window: CounterWindow }>()
  // Without tags there is one alert whether anything ever comes or not.
  if (by.length === 0) windows.set(tagsKey([]), { tags: {}, window: new CounterWindow(windowNs, begin) })
  let readAt = begin

  const windowOf = (tags: Tags): CounterWindow | undefined => {
    const key = tagsKey(by.map((tag) => tags[tag] ?? ''))
    const known = windows.get(key)
    if (known !== undefined) return known.window
    if (windows.size >= maxGroups) return undefined
    const window = new CounterWindow(windowNs, readAt)
    windows.set(key, { tags, window })
    return window
  }

  return (now) => {
    const came = new Map<CounterWindow, { amount: number; whole: number }>()
    const add = (tags: Tags, amount: number, whole: number) => {
      const window = windowOf(tags)
      if (window === undefined) return
      const before = came.get(window) ?? { amount: 0, whole: 0 }
      came.set(window, { amount: before.amount + amount, whole: before.whole + whole })
    }
    for (const { tags, amount } of increments.of(metric.name, by)) add(tags, amount, 0)
    if (over !== undefined) for (const { tags, amount } of increments.of(over.name, by)) add(tags, 0, amount)
    readAt = now
    const readings: TaggedReading[] = []
    for (const [key, { tags, window }] of windows) {
      const { amount, whole } = came.get(window) ?? { amount: 0, whole: 0 }
      window.add(amount, whole, now)
      readings.push({ tags, reading: readWindow(stat, window, now) })
      if (!keepIdle && by.length > 0 && now - window.busyAt > windowNs * IDLE_WINDOWS) windows.delete(key)
    }
    return readings
  }
}

function readWindow(stat: MetricSource['stat'], window: CounterWindow, now: number): Reading {
  if (stat === 'ratio') {
    const { amount, whole } = window
    return { value: whole > 0 ? amount / whole : undefined, count: whole }
  }
  if (stat === 'absent') return { value: now - window.busyAt, count: 1 }
  if (stat === 'rate') return { value: window.rate, count: window.amount }
  return { value: window.amount, count: window.amount }
}
