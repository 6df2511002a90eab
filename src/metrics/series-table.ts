import type { Metadata } from '../core/types.ts'
import type { Tags } from './data.ts'
import type { MetricDefinition } from './definition.ts'
import type { EventTime } from './event-time.ts'
import { labelValue } from './label-value.ts'
import { createSeries, type Series, type SeriesOrigin } from './series.ts'
import { seriesKey, toTags } from './series-key.ts'

/** What the tables of a store share. */
export interface TableContext {
  readonly globalTags: Tags
  readonly time: EventTime
  readonly maxSeriesTotal: number
  readonly expireNs: number
  /** Series of all tables, overflow series left out. */
  seriesTotal: number
  /** Series forgotten because they were idle. */
  expired: number
  overflowed: number
  wallTime(): number
  /** Called when a table is full: forgets idle series of all tables, unless that was done just now. */
  sweep(now: number): void
  onOverflow(metric: string, tag: string, series: number): void
}

/** A step in the tree of raw tag values: the next steps, or the series by the value of the last key. */
interface Path {
  next: Map<unknown, Path>
  series: Map<unknown, Series>
}

/** Stand for "no way on" and "no series here". Never written to. */
const NO_WAY: Map<unknown, Path> = new Map()
const NO_SERIES: Map<unknown, Series> = new Map()

/**
 * The series of one metric. Tag values lead through nested Maps to their series, without building a string; what is not
 * found there is made canonical and looked up by its key. The tree is a cache over the keys: it is dropped when it gets
 * too large or a series dies.
 *
 * Plain fields for what is read per event.
 */
export class SeriesTable {
  readonly definition: MetricDefinition
  readonly byKey: Map<string, Series> = new Map()
  overflow: Series | undefined = undefined
  readonly expireNs: number
  readonly time: EventTime
  readonly firstKeys: readonly string[]
  readonly lastKey: string
  paths: Path = createPath()
  readonly #context: TableContext
  readonly #limit: number
  readonly #keys: readonly string[]
  #pathCount = 0
  #reported = false

  constructor(definition: MetricDefinition, limit: number, context: TableContext) {
    this.definition = definition
    this.expireNs = context.expireNs
    this.time = context.time
    this.#limit = limit
    this.#context = context
    this.#keys = typeof definition.tags === 'function' ? [] : definition.tags
    this.firstKeys = this.#keys.slice(0, -1)
    this.lastKey = this.#keys.at(-1) ?? ''
  }

  /**
   * The series at the event's time for the tag keys of the definition, read from `source`. Allocates nothing when it is known.
   *
   * The first key and the last have lines of their own: V8 reads a property by a variable as fast as by its name where it has
   * seen one name.
   */
  fromKeys(source: Metadata): Series {
    const { firstKeys } = this
    let path: Path | undefined = this.paths
    if (firstKeys.length > 0) {
      path = path.next.get(source[firstKeys[0] ?? ''])
      for (let i = 1; i < firstKeys.length && path !== undefined; i++) path = path.next.get(source[firstKeys[i] ?? ''])
      if (path === undefined) return this.fromNewValues(source)
    }
    return path.series.get(source[this.lastKey]) ?? this.fromNewValues(source)
  }

  /** The series for any set of tags, made when there is room for it. */
  fromTags(tags: Tags, now: number): Series {
    if (isOverflow(tags)) return this.#overflowSeries(now)
    const key = seriesKey(tags)
    return this.byKey.get(key) ?? this.#create(key, tags, now)
  }

  /** Notes that a series is used now, and returns it: a new one in its place when it was idle for too long. */
  used(series: Series, now: number): Series {
    if (now - series.cells[2] > this.expireNs) return this.returning(series, now)
    series.cells[2] = now
    return series
  }

  /** The series that has exactly these tags, or the overflow series for `{ overflow: 'true' }`. */
  find(tags: { readonly [key: string]: unknown }): Series | undefined {
    const own = toTags(tags)
    return isOverflow(own) ? this.overflow : this.byKey.get(seriesKey(own))
  }

  /** All series, the overflow series last; a copy, so that one may be removed meanwhile. */
  all(): Series[] {
    return this.overflow === undefined ? [...this.byKey.values()] : [...this.byKey.values(), this.overflow]
  }

  /** Forgets the series for which `test` is true and returns how many there were. */
  remove(test: (series: Series) => boolean): number {
    let removed = 0
    for (const [key, series] of this.byKey) {
      if (!test(series)) continue
      this.byKey.delete(key)
      series.live = false
      removed++
    }
    this.#context.seriesTotal -= removed
    if (this.overflow !== undefined && test(this.overflow)) {
      this.overflow.live = false
      this.overflow = undefined
      removed++
    }
    if (removed > 0) this.#dropPaths()
    if (this.byKey.size < this.#limit) this.#reported = false
    return removed
  }

  private fromNewValues(source: Metadata): Series {
    // Not `tags[key] = …`, which `__proto__` would not survive.
    const tags: Tags = Object.fromEntries(
      this.#keys.map((key) => [key, labelValue(Object.hasOwn(source, key) ? source[key] : undefined)]),
    )
    const series = this.fromTags(tags, this.time.latest)
    if (series !== this.overflow) this.#remember(source, tags, series)
    return series
  }

  #create(key: string, tags: Tags, now: number): Series {
    if (this.#full()) this.#context.sweep(now)
    if (this.#full()) return this.#overflowing(now)
    const series = createSeries(this.definition, this.#origin(tags), now)
    this.byKey.set(key, series)
    this.#context.seriesTotal++
    return series
  }

  /** A series whose last use with a known time is too long ago. */
  private returning(series: Series, now: number): Series {
    const current = series.touched ? series : this.#renewed(series, now)
    current.cells[2] = now
    return current
  }

  #renewed(series: Series, now: number): Series {
    // Whoever returns after a pause is seldom alone.
    this.#context.sweep(now)
    if (series.live) this.#context.expired += this.remove((each) => each === series)
    return this.fromTags(series.origin.ownTags, now)
  }

  #full(): boolean {
    return this.byKey.size >= this.#limit || this.#context.seriesTotal >= this.#context.maxSeriesTotal
  }

  #overflowing(now: number): Series {
    this.#context.overflowed++
    if (!this.#reported) {
      this.#reported = true
      this.#context.onOverflow(this.definition.name, widestTag(this.byKey.values()), this.byKey.size)
    }
    return this.#overflowSeries(now)
  }

  #overflowSeries(now: number): Series {
    this.overflow ??= createSeries(this.definition, this.#origin({ overflow: 'true' }), now)
    return this.overflow
  }

  #origin(ownTags: Tags): SeriesOrigin {
    const { globalTags } = this.#context
    const set = Object.entries(ownTags).filter(([name, value]) => value !== '' || !Object.hasOwn(globalTags, name))
    const tags: Tags = { ...globalTags, ...Object.fromEntries(set) }
    const startTime = this.#context.wallTime()
    return { ownTags, tags: Object.freeze(tags), startTime }
  }

  /** Remembers the way to a series, unless a value on it would not lead there again or could be one of endlessly many. */
  #remember(source: Metadata, tags: Tags, series: Series): void {
    if (!this.#keys.every((key) => isCacheable(source[key], tags[key]))) return
    if (this.#pathCount >= 4 * this.#limit) this.#dropPaths()
    let path = this.paths
    for (const key of this.firstKeys) {
      const value = source[key]
      const next = path.next.get(value) ?? createPath()
      if (path.next === NO_WAY) path.next = new Map()
      path.next.set(value, next)
      path = next
    }
    if (path.series === NO_SERIES) path.series = new Map()
    // Without keys `lastKey` is none, and what metadata has under it must not be kept.
    path.series.set(this.#keys.length > 0 ? source[this.lastKey] : undefined, series)
    this.#pathCount++
  }

  #dropPaths(): void {
    this.paths = createPath()
    this.#pathCount = 0
  }
}

function createPath(): Path {
  return { next: NO_WAY, series: NO_SERIES }
}

/** A value that stands for its label alone; objects and malformed or long strings do not. */
function isCacheable(value: unknown, label: string | undefined): boolean {
  if (typeof value === 'string') return value === label
  return value === undefined || value === null || typeof value === 'boolean' || typeof value === 'number'
}

function isOverflow(tags: Tags): boolean {
  return tags['overflow'] === 'true' && Object.keys(tags).length === 1
}

/** The tag with the most distinct values: the one that exploded. */
function widestTag(all: Iterable<Series>): string {
  const values = new Map<string, Set<string>>()
  for (const { origin } of all) {
    for (const [tag, value] of Object.entries(origin.ownTags)) {
      const seen = values.get(tag) ?? new Set()
      values.set(tag, seen.add(value))
    }
  }
  let widest = ''
  for (const [tag, seen] of values) if (seen.size > (values.get(widest)?.size ?? 0)) widest = tag
  return widest
}
