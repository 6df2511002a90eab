import type { Bus } from '../core/types.ts'
import type { DeliveryResult } from './outcome.ts'

/** What a sink says of itself. */
export interface SinkStatus {
  /** `degraded` from an export that failed until the next one that succeeds. */
  readonly state: 'ok' | 'degraded'
  /** Milliseconds since the epoch; undefined before the first. */
  readonly lastSuccess: number | undefined
  /** `time`: milliseconds since the epoch. `reason`: a few words that never quote an address or a credential. */
  readonly lastFailure: { readonly time: number; readonly reason: string } | undefined
}

/** How large an export is. */
export interface ExportSize {
  /** Data points, log records or lines. */
  readonly points: number
  /** Of the body, before any compression. */
  readonly bytes: number
}

/** Makes the attempts of one sink visible. */
export interface ExportTracker {
  /** Runs one attempt between `telemetry.sink.export.start` and `.stop` or `.exception`, and returns its result. */
  run<R extends DeliveryResult>(size: ExportSize, attempt: () => Promise<R>): Promise<R>
  status(): SinkStatus
}

/** Makes the tracker of the handler `sink`. An attempt that throws counts as failed, and the error goes on to the caller. */
export function createExportTracker(bus: Bus, sink: string): ExportTracker {
  const operation = bus.operation('telemetry.sink.export')
  let state: SinkStatus['state'] = 'ok'
  let lastSuccess: number | undefined
  let lastFailure: SinkStatus['lastFailure']

  const fail = (reason: string) => {
    state = 'degraded'
    lastFailure = { time: bus.clock.wallTime(), reason }
  }

  return {
    async run({ points, bytes }, attempt) {
      const span = operation.start({ sink }, { measurements: { points } }).measure({ points, bytes })
      try {
        const result = await attempt()
        if ('status' in result && typeof result.status === 'number') span.set({ status: result.status })
        if (result.outcome === 'delivered') {
          state = 'ok'
          lastSuccess = bus.clock.wallTime()
          span.stop()
        } else {
          fail(result.reason)
          span.exception(result.reason)
        }
        return result
      } catch (error) {
        fail('the export has thrown')
        span.exception(error)
        throw error
      }
    },
    status: () => ({ state, lastSuccess, lastFailure }),
  }
}
