import type { Tags } from './data.ts'
import type { EventTime } from './event-time.ts'
import type { InvalidReport } from './invalid-report.ts'
import type { BoundSeries } from './metric-store.ts'
import type { Series } from './series.ts'
import type { SeriesTable } from './series-table.ts'

/** Binds tags to a series, which comes to be with its first value. */
export function bindSeries(table: SeriesTable, tags: Tags, time: EventTime, invalid: InvalidReport): BoundSeries {
  const { name, type } = table.definition
  const own = withAllKeys(table, tags)
  // Only a window needs the time; for the others it is enough to know, at the next sweep, that they were used.
  const timed = type === 'summary'
  let series: Series | undefined

  return {
    record(value, at) {
      if (typeof value !== 'number' || value - value !== 0) {
        invalid.add(name, typeof value === 'number' ? 'not_finite' : 'not_a_number', time.now())
        return
      }
      const now = at ?? (timed ? time.now() : undefined)
      if (series === undefined || !series.origin.live) series = table.fromTags(own, now ?? time.now())
      if (now === undefined) series.origin.touched = true
      else series = table.used(series, now)
      series.input = value + 0
      const refused = series.record(1, now ?? 0)
      if (refused !== undefined) invalid.add(name, refused, time.now())
    },
  }
}

/** A tag that is not given is there all the same, empty. */
function withAllKeys({ definition }: SeriesTable, tags: Tags): Tags {
  if (typeof definition.tags === 'function') return tags
  return { ...Object.fromEntries(definition.tags.map((key) => [key, ''])), ...tags }
}
