import { type MetricDefinition, type MetricStore, summary, type Tags } from 'sonde/metrics'

/** One line of the table. Times in seconds; undefined while there is nothing to tell. */
export interface OperationRow {
  readonly operation: string
  /** Runs in the last minute. */
  readonly count: number
  /** Share of them that did not end well, 0–1. */
  readonly errorRate: number
  readonly p50: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
}

/** An operation to watch, and the metadata keys that split it into lines. */
export interface WatchedOperation {
  readonly name: string
  readonly tags: readonly string[]
}

/** Two rolling windows per operation: all runs, and those that did not end well. */
export function operationMetrics(operations: readonly WatchedOperation[]): MetricDefinition[] {
  return operations.flatMap(({ name, tags }) => {
    const options = {
      event: [`${name}.stop`, `${name}.exception`],
      measurement: 'duration',
      unit: ['nanosecond', 'second'] as const,
      tags,
    }
    return [
      summary(`${name}.duration.all`, options),
      summary(`${name}.duration.failed`, { ...options, keep: ({ outcome }) => outcome !== 'ok' }),
    ]
  })
}

/** The table of all watched operations, in an order that does not change while one reads it. */
export function operationRows(store: MetricStore, operations: readonly WatchedOperation[]): OperationRow[] {
  return operations
    .flatMap(({ name, tags }) =>
      [...store.points(`${name}.duration.all`)].map((point) => row(store, name, tags, point.tags)),
    )
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.operation.localeCompare(b.operation))
}

function row(store: MetricStore, name: string, tags: readonly string[], values: Tags): OperationRow {
  const own = Object.fromEntries(tags.map((tag) => [tag, values[tag] ?? '']))
  const all = store.window(`${name}.duration.all`, own)
  const failed = store.window(`${name}.duration.failed`, own)
  const count = all?.count ?? 0
  return {
    operation: [name, ...Object.values(own).filter((text) => text !== '')].join(' '),
    count,
    errorRate: count === 0 ? 0 : (failed?.count ?? 0) / count,
    p50: all?.p50,
    p95: all?.p95,
    p99: all?.p99,
  }
}
