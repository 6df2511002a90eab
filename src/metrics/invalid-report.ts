import type { StoreOptions } from './metric-store.ts'
import type { InvalidReason } from './series.ts'

/** At most one report per metric and reason in this time, in nanoseconds; it carries the count of all since the last. */
const INTERVAL_NS = 1e9

/** Counts refused values and reports them without becoming a flood, or a cause of its own reports. */
export interface InvalidReport {
  /** `event` is what was being recorded; values refused while recording our own reports are counted and not reported. */
  add(metric: string, reason: InvalidReason, now: number, event?: string): void
  /** Reports an overflow. */
  overflow(metric: string, tag: string, series: number): void
  /** Reports what was held back, all of it or only what has waited long enough. */
  flush(now: number, which: 'all' | 'due'): void
  readonly total: number
}

interface Pending {
  readonly metric: string
  readonly reason: InvalidReason
  count: number
  reportedAt: number
}

/** Makes an `InvalidReport` that reports to `report`, or only counts without it. */
export function createInvalidReport(report: StoreOptions['report']): InvalidReport {
  const pending = new Map<string, Pending>()
  let total = 0
  let reporting = false

  const send: NonNullable<StoreOptions['report']> = (event, measurements, metadata) => {
    if (report === undefined || reporting) return
    reporting = true
    try {
      report(event, measurements, metadata)
    } catch {
      // A store without a bus may be given a report that throws: recording never does.
    } finally {
      reporting = false
    }
  }

  const sendPending = (entry: Pending, now: number) => {
    const { metric, reason, count } = entry
    entry.count = 0
    entry.reportedAt = now
    send('telemetry.metrics.invalid', { count }, { metric, reason })
  }

  return {
    get total() {
      return total
    },
    add(metric, reason, now, event = '') {
      total++
      if (reporting || event.startsWith('telemetry.metrics.')) return
      const key = `${reason} ${metric}`
      const entry = pending.get(key) ?? { metric, reason, count: 0, reportedAt: Number.NEGATIVE_INFINITY }
      pending.set(key, entry)
      entry.count++
      if (now - entry.reportedAt >= INTERVAL_NS) sendPending(entry, now)
    },
    overflow(metric, tag, series) {
      send('telemetry.metrics.overflow', { series }, { metric, tag })
    },
    flush(now, which) {
      for (const entry of pending.values()) {
        const due = which === 'all' || now - entry.reportedAt >= INTERVAL_NS
        if (entry.count > 0 && due) sendPending(entry, now)
      }
    },
  }
}
