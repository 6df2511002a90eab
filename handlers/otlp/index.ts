import { type Bus, type Cancel, sanitized } from 'sonde'
import { type DropReason, flushOnExit, type Ledger, onExit, type SinkStatus } from 'sonde/delivery'
import { toLogRecord } from './logs.ts'
import { checkOptions, type OtlpOptions } from './options.ts'
import { isOwnEvent } from './own-events.ts'
import { planSignals } from './signals.ts'
import { joinStatus } from './status.ts'

export type { Environment, Protocol } from './environment.ts'
export type { OtlpOptions } from './options.ts'
export type { ResourceAttributes } from './resource.ts'

/** How the export goes, and how each signal does. */
export interface OtlpStatus extends SinkStatus {
  readonly metrics?: SinkStatus
  readonly logs?: SinkStatus
}

/** The attachment of `attachOtlp`. */
export interface OtlpAttachment {
  /** Sends nothing more and drops what is not delivered; with a `directory` that stays there. Safe to repeat. */
  detach(): void
  /** Reads the metrics, and resolves when all is delivered or dropped, or after `timeoutMs`. */
  flush(): Promise<void>
  status(): OtlpStatus
  /** The books: data points and log records. */
  readonly ledgers: { readonly metrics?: Ledger<DropReason>; readonly logs?: Ledger<DropReason> }
}

/**
 * Exports a metric store, and events as log records, by OTLP: HTTP with protobuf or JSON, or gRPC.
 *
 * Class D2 (buffered): at least once while the process lives, in at most 64 MiB a signal, overflow counted. With a `directory` D3: what is
 * accepted survives the process. Metrics are read only when all of the reading before has arrived, so nothing is lost between
 * two of them. Each attempt is a `telemetry.sink.export` of `otlp.metrics` or `otlp.logs`. Wrong options, and wrong `OTEL_…` variables, throw
 * `invalid_option`; a missing package `missing_peer`, a directory that another process uses `directory_in_use`.
 */
export function attachOtlp(bus: Bus, options: OtlpOptions): OtlpAttachment {
  checkOptions(options)
  const { logs: patterns, intervalMs = 60_000, id = 'otlp' } = options
  const plan = planSignals(options)
  let roads: ReturnType<typeof plan.begin> = {}
  let isDetached = false
  let cancels: Cancel[] = []
  /** Ends each call of `flush` that waits. */
  const waiting = new Set<() => void>()

  const record = sanitized({}, (event: string, measurements, metadata) => {
    if (isDetached || isOwnEvent(event, metadata, id)) return
    roads.logs?.add(toLogRecord({ event, measurements, metadata, time: bus.clock.wallTime() }))
  })
  const hooks = { flush, close: detach }
  const removeRow =
    patterns === undefined
      ? bus.attach(id, 'telemetry.otlp', () => {}, undefined, hooks)
      : bus.attachMany(id, patterns, record, undefined, hooks)
  try {
    roads = plan.begin(bus)
  } catch (error) {
    removeRow()
    throw error
  }
  cancels = [
    bus.clock.every(intervalMs, collect),
    flushOnExit(bus),
    onExit(() => {
      roads.metrics?.collectAtExit()
      roads.logs?.saveAtExit()
    }),
  ]

  function collect(): void {
    // A rejection would be that of a producer, which is ours and does not reject.
    void roads.metrics?.collect()
  }

  async function flush(): Promise<void> {
    if (isDetached) return
    const work = async () => {
      await roads.metrics?.pipeline.settled()
      await roads.metrics?.collect()
      roads.logs?.flush()
      await Promise.all([roads.metrics?.pipeline.settled(), roads.logs?.pipeline.settled()])
    }
    await within(work(), plan.timeoutMs)
  }

  function within(work: Promise<void>, limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        waiting.delete(end)
        resolve()
      }
      const cancel = bus.clock.after(limitMs, end)
      waiting.add(end)
      void work.then(end, end)
    })
  }

  function detach(): void {
    if (isDetached) return
    roads.logs?.flush()
    isDetached = true
    removeRow()
    for (const cancel of cancels.splice(0)) cancel()
    roads.metrics?.pipeline.close()
    roads.logs?.pipeline.close()
    for (const end of [...waiting]) end()
  }

  return {
    detach,
    flush,
    status() {
      const metrics = roads.metrics?.pipeline.status()
      const logs = roads.logs?.pipeline.status()
      const own = { ...(metrics && { metrics }), ...(logs && { logs }) }
      return { ...joinStatus(Object.values(own)), ...own }
    },
    ledgers: {
      ...(roads.metrics && { metrics: roads.metrics.pipeline.ledger }),
      ...(roads.logs && { logs: roads.logs.pipeline.ledger }),
    },
  }
}
