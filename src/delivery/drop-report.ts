import { telemetryEvents } from '../catalog/telemetry.ts'
import type { Bus, Cancel } from '../core/types.ts'

/** Why something was left out: the words of `telemetry.sink.dropped`. */
export type DropReason = (typeof telemetryEvents)['definitions']['sink.dropped']['metadata']['reason'][0][number]

/** All of them, for a ledger. */
export const dropReasons: readonly DropReason[] = telemetryEvents.definitions['sink.dropped'].metadata.reason[0]

/** In milliseconds: at most one event per sink and reason in this time. */
const INTERVAL_MS = 1_000

/** Turns drops into `telemetry.sink.dropped` without becoming a flood. */
export interface DropReport {
  add(reason: DropReason, count: number): void
  /** Emits what was held back and keeps no timer from here on; later drops wait for the next one a second later. */
  close(): void
}

interface Pending {
  readonly reason: DropReason
  count: number
  reportedAt: number
  cancel: Cancel | undefined
}

/**
 * Makes a report of what `sink` drops: the first at once, then one event per second and reason with the count since.
 * The counts add up to all drops until `close()`, which for this may be earlier than a second after the last.
 */
export function createDropReport(bus: Bus, sink: string): DropReport {
  const point = bus.event('telemetry.sink.dropped')
  const pending = new Map<DropReason, Pending>()
  let closed = false

  const send = (entry: Pending) => {
    const { reason, count } = entry
    entry.cancel?.()
    entry.cancel = undefined
    if (count === 0) return
    // Before the emit, because a handler of this event may drop something itself.
    entry.count = 0
    entry.reportedAt = bus.clock.monotonicTime()
    point.execute({ count }, { sink, reason })
  }

  return {
    add(reason, count) {
      if (count <= 0) return
      const entry = pending.get(reason) ?? { reason, count: 0, reportedAt: Number.NEGATIVE_INFINITY, cancel: undefined }
      pending.set(reason, entry)
      entry.count += count
      if (entry.cancel !== undefined) return
      const waitMs = INTERVAL_MS - (bus.clock.monotonicTime() - entry.reportedAt) / 1e6
      if (waitMs <= 0) send(entry)
      else if (!closed) entry.cancel = bus.clock.after(Math.ceil(waitMs), () => send(entry))
    },
    close() {
      closed = true
      for (const entry of pending.values()) send(entry)
    },
  }
}
