import type { Bus, Detach, Handler } from 'sonde'
import { createStore, type EventRecorder, type MetricDefinition, type MetricStore } from 'sonde/metrics'

/** Names kept resolved; a pattern may match names without end. */
const MAX_NAMES = 4_096

/** A store for what rules want to know of events, and the handler that fills it. */
export function recordOwnMetrics(
  bus: Bus,
  id: string,
  metrics: readonly MetricDefinition[],
  maxSeries: number,
): { readonly store: MetricStore; readonly detach: Detach | undefined } {
  const store = createStore({
    metrics,
    clock: bus.clock,
    maxSeries,
    maxSummarySeries: Math.min(maxSeries, 500),
    report: (event, measurements, metadata) => bus.execute(event, measurements, metadata),
  })
  const recorders = new Map<string, EventRecorder | undefined>()
  const handler: Handler = (event, measurements, metadata) => {
    let record = recorders.get(event)
    if (record === undefined && !recorders.has(event)) {
      if (recorders.size >= MAX_NAMES) recorders.clear()
      record = store.recorder(event)
      recorders.set(event, record)
    }
    record?.(measurements, metadata)
  }
  const patterns = [...new Set(metrics.flatMap(({ events }) => events))]
  return { store, detach: patterns.length > 0 ? bus.attachMany(id, patterns, handler) : undefined }
}
