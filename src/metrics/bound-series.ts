import type { Tags } from './data.ts'
import type { EventTime } from './event-time.ts'
import type { InvalidReport } from './invalid-report.ts'
import type { BoundSeries } from './metric-store.ts'
import type { Series } from './series.ts'
import type { SeriesTable } from './series-table.ts'

/** Binds tags to a series, which comes to be with its first value. */
export function bindSeries(table: SeriesTable, tags: Tags, time: EventTime, invalid: InvalidReport): BoundSeries {
  const { name, type } = table.definition
  const { expireNs } = table
  const own = withAllKeys(table, tags)
  // Only a window needs the time; for the others it is enough to know, at the next sweep, that they were used.
  const timed = type === 'summary'
  let series: Series | undefined

  /** Everything but a number with its time for a series in use, which is all that `record` does by itself. */
  function recordCarefully(value: unknown, at: number | undefined): void {
    if (typeof value !== 'number' || value - value !== 0) {
      invalid.add(name, typeof value === 'number' ? 'not_finite' : 'not_a_number', time.now())
      return
    }
    const now = at ?? (timed ? time.now() : undefined)
    if (series === undefined || !series.live) series = table.fromTags(own, now ?? time.now())
    if (now === undefined) series.touched = true
    else series = table.used(series, now)
    series.cells[3] = value + 0
    refuse(series.record(1))
  }

  function refuse(reason: ReturnType<Series['record']>): void {
    if (reason !== undefined) invalid.add(name, reason, time.now())
  }

  return {
    record(value, at) {
      const known = series
      // x − x is 0 for every finite number and NaN for the others.
      if (at === undefined || known === undefined || !known.live || typeof value !== 'number' || value - value !== 0)
        return recordCarefully(value, at)
      const { cells } = known
      if (at - cells[2] > expireNs) return recordCarefully(value, at)
      cells[2] = at
      cells[3] = value + 0
      const reason = known.record(1)
      if (reason !== undefined) refuse(reason)
    },
  }
}

/** A tag that is not given is there all the same, empty. */
function withAllKeys({ definition }: SeriesTable, tags: Tags): Tags {
  if (typeof definition.tags === 'function') return tags
  return { ...Object.fromEntries(definition.tags.map((key) => [key, ''])), ...tags }
}
