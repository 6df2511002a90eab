import type { Alert } from 'sonde/notify'

/** What is to be sent again: what fires, and what has ended not long ago. Times are nanoseconds of the monotonic clock. */
export interface ToldAlerts {
  /** Takes what the bus tells: that an alert fires, or that it has ended. */
  take(alert: Alert, now: number): void
  current(now: number): readonly Alert[]
  /** The alert, or what is known by now: that it has ended. */
  latest(alert: Alert): Alert
  /** Alerts that are not sent again for want of room. */
  readonly forgotten: number
}

interface ToldOptions {
  /** What fires, from who knows it. Without it, what was told and not told the end of. */
  readonly active?: () => readonly Alert[]
  /** How many that fire are remembered, and how many that have ended. Default 10,000. */
  readonly capacity?: number
}

/** As long as Prometheus sends resolved ones (`resolvedRetention` of `rules/alerting.go`): an Alertmanager that has restarted knows nothing of them. */
const RETENTION_NS = 15 * 60e9

/** Makes an empty memory. When it is full, one that newly fires is not taken, and of those that have ended the oldest gives way. */
export function createToldAlerts({ active, capacity = 10_000 }: ToldOptions = {}): ToldAlerts {
  const firing = new Map<string, Alert>()
  /** The oldest first. */
  const ended = new Map<string, { readonly alert: Alert; readonly at: number }>()
  let forgotten = 0

  const forgetEnded = (now: number) => {
    for (const [id, { at }] of ended) {
      const isOver = now - at >= RETENTION_NS
      if (!isOver && ended.size <= capacity) return
      ended.delete(id)
      if (!isOver) forgotten++
    }
  }

  return {
    take(alert, now) {
      const { id } = alert
      ended.delete(id)
      if (alert.status === 'resolved') {
        firing.delete(id)
        ended.set(id, { alert, at: now })
        forgetEnded(now)
      } else if (active === undefined) {
        if (firing.has(id) || firing.size < capacity) firing.set(id, alert)
        else forgotten++
      }
    },
    current(now) {
      forgetEnded(now)
      const fires = active?.() ?? [...firing.values()]
      const ids = new Set(fires.map(({ id }) => id))
      // An alert may fire again without anybody being told.
      const over = [...ended.values()].map(({ alert }) => alert).filter(({ id }) => !ids.has(id))
      return [...fires, ...over]
    },
    latest(alert) {
      const end = ended.get(alert.id)?.alert
      // One that began later is another.
      return end !== undefined && end.startedAt >= alert.startedAt ? end : alert
    },
    get forgotten() {
      return forgotten
    },
  }
}
