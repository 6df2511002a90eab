import type { Cancel, Clock } from 'sonde'
import type { LogRecord } from '../encode/message.ts'

/** Records in one request: the default of the OpenTelemetry SDKs. */
const MAX_RECORDS = 512

/** Collects log records into requests. */
export interface LogBatch {
  add(record: LogRecord): void
  /** Hands over what has come so far. */
  flush(): void
  /** Takes what has come so far out. */
  take(): readonly LogRecord[]
}

interface LogBatchOptions {
  /** How long the first record waits for the others, in milliseconds. */
  readonly maxWaitMs: number
  readonly handOver: (records: readonly LogRecord[]) => void
}

/** Makes a batch that calls `handOver` with 512 records, or with fewer after a while. */
export function createLogBatch(clock: Clock, { maxWaitMs, handOver }: LogBatchOptions): LogBatch {
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
      else cancelTimer ??= clock.after(maxWaitMs, flush)
    },
    flush,
    take,
  }
}
