import type { Tags } from './data.ts'
import { addExactly } from './exact-sum.ts'
import type { EncodedMetric, EncodedSeries, EncodedWindows } from './metric-store.ts'
import { DistributionSeries, LastValueSeries, type Series, SummarySeries, TotalSeries } from './series.ts'
import { toTags } from './series-key.ts'
import type { SeriesTable } from './series-table.ts'
import { encodeWindow, mergeWindow } from './window-encoding.ts'

/** All series of a metric that have a value. */
export function encodeTable(table: SeriesTable, now: number): EncodedMetric {
  const { name, type } = table.definition
  const series: EncodedSeries[] = []
  for (const each of table.all()) {
    const encoded = encodeSeries(each, now)
    if (encoded !== undefined) series.push(encoded)
  }
  return { name, type, series }
}

/** Adds an export to the tables that have its metrics; returns the number of series that were sound and fitted. */
export function mergeInto(
  tables: ReadonlyMap<string, SeriesTable>,
  encoded: EncodedWindows,
  tags: Tags,
  now: number,
): number {
  let merged = 0
  if (encoded.version !== 1 || !Array.isArray(encoded.metrics)) return 0
  for (const metric of encoded.metrics) {
    const table = tables.get(metric?.name)
    if (table === undefined || table.definition.type !== metric.type || !Array.isArray(metric.series)) continue
    for (const series of metric.series) if (mergeSafely(table, series, tags, now)) merged++
  }
  return merged
}

function encodeSeries(series: Series, now: number): EncodedSeries | undefined {
  const tags = series.origin.ownTags
  if (series instanceof TotalSeries) return { tags, value: series.read() }
  if (series instanceof LastValueSeries) {
    const value = series.read()
    return value === undefined ? undefined : { tags, value }
  }
  if (series instanceof DistributionSeries) {
    const { counts, bounds, count, sum, min, max } = series.read()
    return min === undefined || max === undefined || count === 0 ? undefined : { tags, counts, bounds, sum, min, max }
  }
  if (!(series instanceof SummarySeries)) return undefined
  const window = encodeWindow(series.window, now)
  const { lifetimeCount, lifetimeSum } = series.window
  return { tags, lifetimeCount, lifetimeSum, ...(window && { window }) }
}

/** What came over a wire may be anything, getters that throw excepted; a bad series is left out, not the whole export. */
function mergeSafely(table: SeriesTable, encoded: EncodedSeries, tags: Tags, now: number): boolean {
  try {
    const series = table.fromTags({ ...toTags(encoded.tags), ...tags }, now)
    series.cells[2] = now
    return mergeSeries(series, encoded, now)
  } catch {
    return false
  }
}

function mergeSeries(series: Series, encoded: EncodedSeries, now: number): boolean {
  if (series instanceof SummarySeries) return mergeSummary(series, encoded, now)
  if (series instanceof DistributionSeries) return mergeDistribution(series, encoded)
  if (!isFiniteNumber(encoded.value)) return false
  series.cells[3] = encoded.value
  return series.record(1) === undefined
}

function mergeSummary({ window }: SummarySeries, encoded: EncodedSeries, now: number): boolean {
  const count = encoded.window === undefined ? 0 : mergeWindow(window, encoded.window, now)
  if (count === undefined) return false
  const past = (encoded.lifetimeCount ?? 0) - count
  const pastSum = (encoded.lifetimeSum ?? 0) - (encoded.window?.sum ?? 0)
  if (past > 0) window.pastCount += past
  if (past > 0 && pastSum > 0) addExactly(window.pastSum, pastSum)
  return true
}

function mergeDistribution(series: DistributionSeries, { counts, bounds, sum, min, max }: EncodedSeries): boolean {
  const fits =
    Array.isArray(counts) &&
    counts.length === series.bounds.length + 1 &&
    counts.every((n) => Number.isInteger(n) && n >= 0)
  if (!fits || !bounds?.every((bound, i) => bound === series.bounds[i])) return false
  if (!isFiniteNumber(sum) || !isFiniteNumber(min) || !isFiniteNumber(max)) return false
  return series.merge(counts, sum, min, max)
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value)
}
