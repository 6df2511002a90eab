import type { SummaryValue, Tags } from './data.ts'
import { SummarySeries } from './series.ts'
import { seriesKey } from './series-key.ts'
import type { SeriesTable } from './series-table.ts'
import { readWindow } from './window-reading.ts'

/** The windows of all series of a summary that agree in some tags, as one. */
export interface MergedWindow {
  /** Those tags; what a series does not have is `''`. */
  readonly tags: Tags
  readonly value: SummaryValue
}

/** Merges the series of a summary by the tags `by`: quantiles are those of all values together. Other metrics have none. */
export function mergeWindowsBy(table: SeriesTable, by: readonly string[], now: number): MergedWindow[] {
  const groups = new Map<string, { readonly tags: Tags; readonly members: SummarySeries[] }>()
  for (const series of table.all()) {
    if (!(series instanceof SummarySeries)) return []
    const tags = Object.fromEntries(by.map((tag) => [tag, series.origin.tags[tag] ?? '']))
    const key = seriesKey(tags)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { tags, members: [series] })
    else group.members.push(series)
  }
  return [...groups.values()].map(({ tags, members }) => ({
    tags,
    value: readWindow(
      members.flatMap(({ window }) => window.occupied(now)),
      members.reduce((sum, { window }) => sum + window.lifetimeCount, 0),
      members.reduce((sum, { window }) => sum + window.lifetimeSum, 0),
    ),
  }))
}
