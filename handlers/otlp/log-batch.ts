import type { Cancel, Clock } from 'sonde'
import type { LogRecord } from './message.ts'

/** Records in one request, and how long the first waits for the others, in milliseconds: the defaults of the OpenTelemetry SDKs. */
const MAX_RECORDS = 512
const MAX_WAIT_MS = 5_000

/** Collects log records into requests. */
export interface LogBatch {
  add(record: LogRecord): void
  /** Hands over what has come so far. */
  flush(): void
  /** Takes what has come so far out. */
  take(): readonly LogRecord[]
}

/** Makes a batch that calls `handOver` with 512 records, or with fewer after 5 s. */
export function createLogBatch(clock: Clock, handOver: (records: readonly LogRecord[]) => void): LogBatch {
  let records: LogRecord[] = []
  let cancelTimer: Cancel | undefined

  const take = () => {
    cancelTimer?.()
    cancelTimer = undefined
    const taken = records
    records = []
    return taken
  }
  const flush = () => {
    const taken = take()
    if (taken.length > 0) handOver(taken)
  }

  return {
    add(record) {
      records.push(record)
      if (records.length >= MAX_RECORDS) flush()
      else cancelTimer ??= clock.after(MAX_WAIT_MS, flush)
    },
    flush,
    take,
  }
}
