import type { Bus } from 'sonde'
import { readAlert } from 'sonde/notify'

/** What happened to an alert; the newest first in lists. */
export interface LogEntry {
  /** Milliseconds since the epoch; of the last one when it is several. */
  readonly time: number
  readonly event: string
  /** The rule and its tags. */
  readonly alert: string
  readonly reason: string
  readonly message: string
  /** The same happened so often in a row. */
  readonly times: number
}

const KEPT = 40

/** Keeps the latest events of alerts, those in a row that are alike as one. */
export function attachAlertLog(bus: Bus): () => readonly LogEntry[] {
  const entries: LogEntry[] = []
  bus.attach('alert-log', 'telemetry.alert.*', (event, measurements, metadata) => {
    const alert = readAlert(event, measurements, metadata)
    const { rule, tags, reason, message } = alert
    const made = {
      time: bus.clock.wallTime(),
      event: event.slice('telemetry.alert.'.length),
      alert: [rule, ...Object.values(tags)].join(' '),
      reason,
      message,
      times: 1,
    }
    const at = entries.findIndex((entry) => entry.alert === made.alert)
    const last = entries[at]
    if (last?.event === 'suppressed' && made.event === 'suppressed' && last.reason === made.reason) {
      entries.splice(at, 1)
      entries.unshift({ ...made, times: last.times + 1 })
    } else entries.unshift(made)
    entries.length = Math.min(entries.length, KEPT)
  })
  return () => entries
}
