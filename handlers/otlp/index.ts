import { type Bus, type Cancel, sanitized } from 'sonde'
import { type DropReason, flushOnExit, type Ledger, onExit, type SinkStatus } from 'sonde/delivery'
import { toLogRecord } from './encode/logs.ts'
import { checkOptions, type OtlpOptions } from './options.ts'
import { isOwnEvent } from './own-events.ts'
import { makePlan } from './plan.ts'
import { beginSignals, type Roads } from './send/signals.ts'
import { joinStatus } from './status.ts'
import { createTimeLimit } from './time-limit.ts'

export type { ResourceAttributes } from './encode/resource.ts'
export type { Environment, Protocol } from './environment.ts'
export type { OtlpOptions } from './options.ts'

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
 * Class D2 (buffered): at least once while the process lives, in at most 64 MiB a signal, overflow counted. Metrics are read only when all of
 * the reading before has arrived: until then what changes adds up in the store. With a `directory` D3: every reading, and every log record
 * half a second after its event, is on disk and survives the process. Each attempt is a `telemetry.sink.export` of `otlp.metrics` or `otlp.logs`. Wrong options, and wrong `OTEL_…` variables, throw
 * `invalid_option`; a missing package `missing_peer`, a directory that another process uses `directory_in_use`.
 */
export function attachOtlp(bus: Bus, options: OtlpOptions): OtlpAttachment {
  checkOptions(options)
  const { logs: patterns = [], intervalMs = 60_000 } = options
  const plan = makePlan(options)
  const limit = createTimeLimit(bus.clock)
  let roads: Roads = {}
  let cancels: Cancel[] = []
  let isDetached = false

  const record = sanitized({}, (event: string, measurements, metadata) => {
    if (isDetached || isOwnEvent(event, metadata, plan.id)) return
    roads.logs?.add(toLogRecord({ event, measurements, metadata, time: bus.clock.wallTime() }))
  })
  // Without logs it listens to no event. The row makes it seen in listHandlers() and lets the bus flush and close it.
  const listened = patterns.length === 0 ? ['telemetry.otlp'] : patterns
  const removeRow = bus.attachMany(plan.id, listened, record, undefined, { flush, close: detach })
  try {
    roads = beginSignals(bus, plan)
  } catch (error) {
    removeRow()
    throw error
  }
  cancels = [
    bus.clock.every(intervalMs, () => void roads.metrics?.collect()),
    flushOnExit(bus),
    onExit(() => {
      roads.metrics?.collectAtExit()
      roads.logs?.saveAtExit()
    }),
  ]

  async function flush(): Promise<void> {
    if (!isDetached) await limit.within(sendAll(roads), plan.timeoutMs)
  }

  function detach(): void {
    if (isDetached) return
    roads.logs?.flush()
    isDetached = true
    removeRow()
    for (const cancel of cancels) cancel()
    roads.metrics?.pipeline.close()
    roads.logs?.pipeline.close()
    limit.release()
  }

  return {
    detach,
    flush,
    status() {
      const own = mapRoads(roads, (pipeline) => pipeline.status())
      return { ...joinStatus(Object.values(own)), ...own }
    },
    ledgers: mapRoads(roads, ({ ledger }) => ledger),
  }
}

async function sendAll({ metrics, logs }: Roads): Promise<void> {
  logs?.flush()
  // What is under way first: until it has arrived nothing new is read.
  await metrics?.pipeline.settled()
  await metrics?.collect()
  await Promise.all([metrics?.pipeline.settled(), logs?.pipeline.settled()])
}

type AnyPipeline = NonNullable<Roads['metrics' | 'logs']>['pipeline']

function mapRoads<T>({ metrics, logs }: Roads, read: (pipeline: AnyPipeline) => T): { metrics?: T; logs?: T } {
  return { ...(metrics && { metrics: read(metrics.pipeline) }), ...(logs && { logs: read(logs.pipeline) }) }
}
