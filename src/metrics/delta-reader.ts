import type { DataPoint, DistributionValue, PointValue } from './data.ts'
import { isDistribution, isSummary } from './data.ts'
import type { MetricDefinition } from './definition.ts'
import type { DeltaReader } from './metric-store.ts'
import type { Series } from './series.ts'

/** A series with what it reads as now. */
export interface SeriesReading {
  readonly series: Series
  readonly point: DataPoint
}

/** What a delta reader needs of a store. */
export interface ReadableSeries {
  readonly definitions: readonly MetricDefinition[]
  readings(name: string): SeriesReading[]
}

interface Previous {
  readonly value: PointValue
  readonly time: number
}

/**
 * A reader that remembers, per series, what it read last. The memory goes with the series: one that expired and returned
 * is new and counts from 0.
 */
export function createDeltaReader(store: ReadableSeries): DeltaReader {
  const previous = new WeakMap<Series, Previous>()

  const deltaOf = ({ series, point }: SeriesReading): DataPoint | undefined => {
    const before = previous.get(series)
    previous.set(series, { value: point.value, time: point.time })
    const value = difference(point.value, before?.value)
    return value === undefined ? undefined : { ...point, value, startTime: before?.time ?? point.startTime }
  }

  const pointsOf = ({ name, type }: MetricDefinition): DataPoint[] => {
    const readings = store.readings(name)
    if (type === 'lastValue') return readings.map(({ point }) => point)
    return readings.map(deltaOf).filter((point) => point !== undefined)
  }

  return {
    collect: () => store.definitions.map((definition) => ({ definition, points: pointsOf(definition) })),
    points(name) {
      const definition = store.definitions.find((one) => one.name === name)
      return definition === undefined ? [] : pointsOf(definition)
    },
  }
}

/** What was added between two readings; undefined when nothing was. */
export function difference(now: PointValue, before: PointValue | undefined): PointValue | undefined {
  if (typeof now === 'number') {
    const delta = now - (typeof before === 'number' ? before : 0)
    return delta === 0 ? undefined : delta
  }
  if (isSummary(now)) {
    const earlier = before !== undefined && isSummary(before) ? before : undefined
    const lifetimeCount = now.lifetimeCount - (earlier?.lifetimeCount ?? 0)
    if (lifetimeCount === 0) return undefined
    return { ...now, lifetimeCount, lifetimeSum: Math.max(0, now.lifetimeSum - (earlier?.lifetimeSum ?? 0)) }
  }
  return distributionDifference(now, before !== undefined && isDistribution(before) ? before : undefined)
}

function distributionDifference(
  now: DistributionValue,
  before: DistributionValue | undefined,
): DistributionValue | undefined {
  if (before === undefined) return now.count === 0 ? undefined : now
  const count = now.count - before.count
  if (count === 0) return undefined
  const counts = now.counts.map((n, i) => n - (before.counts[i] ?? 0))
  // The extremes since the start say nothing about this interval.
  return { bounds: now.bounds, counts, count, sum: now.sum - before.sum, min: undefined, max: undefined }
}
