import { type DataPoint, isDistribution, isSummary, type MetricStore, type Tags } from 'sonde/metrics'
import { groupBy } from './group-by.ts'

/** How much came since the previous reading, by some tags. */
export interface Increment {
  readonly tags: Tags
  readonly amount: number
}

/** Reads how much metrics have grown, each once per round, whoever asks and how often. */
export interface Increments {
  /** Begins a round: what is asked for from now on is what came since the last one. */
  begin(): void
  of(metric: string, by: readonly string[]): readonly Increment[]
}

/** Reads the counters `names` of a store. What they hold already is not news. */
export function createIncrements(store: MetricStore, names: Iterable<string>): Increments {
  const reader = store.deltas()
  const round = new Map<string, readonly DataPoint[]>()
  const pointsOf = (name: string): readonly DataPoint[] => {
    const known = round.get(name)
    if (known !== undefined) return known
    const read = reader.points(name)
    round.set(name, read)
    return read
  }
  for (const name of names) reader.points(name)
  return {
    begin: () => round.clear(),
    of: (metric, by) =>
      groupBy(pointsOf(metric), by).map(({ tags, members }) => ({
        tags,
        amount: members.reduce((sum, point) => sum + countOf(point), 0),
      })),
  }
}

/** How many, of whatever type. */
function countOf({ value }: DataPoint): number {
  if (typeof value === 'number') return value
  if (isDistribution(value)) return value.count
  return isSummary(value) ? value.lifetimeCount : 0
}
