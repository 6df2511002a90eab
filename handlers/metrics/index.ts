import { type Bus, type Handler, TelemetryError } from 'sonde'
import { createStore, type EventRecorder, type MetricStore, type StoreOptions } from 'sonde/metrics'

/** The store's options; its clock and reports are the bus's. */
export interface MetricsOptions extends Omit<StoreOptions, 'clock' | 'report'> {
  /** Id of the handler. Default `metrics`; another one for a second store on one bus. */
  readonly id?: string
}

export interface MetricsAttachment {
  readonly store: MetricStore
  /** Stops recording; the store stays readable. */
  detach(): void
  /** Reports what is still held back about invalid values. */
  flush(): Promise<void>
}

/** Names kept resolved; a pattern may match names without end. */
const MAX_NAMES = 4_096

/**
 * Records events into a store, which every exporter reads. One handler on the bus whatever the number of metrics; a metric
 * whose functions throw is counted in `telemetry.metrics.invalid` and stops no other. Throws `invalid_option`, `invalid_metric` or
 * `handler_exists`, and then attaches nothing.
 */
export function attachMetrics(bus: Bus, options: MetricsOptions): MetricsAttachment {
  if (typeof options !== 'object' || options === null)
    throw new TelemetryError(
      'invalid_option',
      `metrics: options must be an object with 'metrics', got ${String(options)}`,
    )
  const { id = 'metrics', ...storeOptions } = options
  const store = createStore({
    ...storeOptions,
    clock: bus.clock,
    report: (event, measurements, metadata) => bus.execute(event, measurements, metadata),
  })
  const patterns = [...new Set(store.definitions.flatMap(({ events }) => events))]
  // Without a prototype, which is faster than a Map for many names at one place.
  let recorders = noRecorders()
  let names = 0

  const handler: Handler = (event, measurements, metadata) => {
    const record = recorders[event] ?? resolve(event)
    if (record !== undefined) record(measurements, metadata)
  }

  function resolve(event: string): EventRecorder | undefined {
    if (names >= MAX_NAMES) {
      recorders = noRecorders()
      names = 0
    }
    const record = store.recorder(event)
    recorders[event] = record
    names++
    return record
  }

  const flush = async (): Promise<void> => store.flush()
  const attached = patterns.length > 0 ? bus.attachMany(id, patterns, handler, undefined, { flush }) : undefined

  return {
    store,
    flush,
    detach() {
      if (attached?.() === true) store.flush()
    },
  }
}

function noRecorders(): { [event: string]: EventRecorder | undefined } {
  return Object.create(null)
}
