import type { Alert, Notification } from './alert.ts'
import { readAlert } from './read-alert.ts'
import type { Told } from './told.ts'

interface GatheringOptions {
  /** How many alerts it holds, however many come. */
  readonly maxAlerts: number
  /** `worst`: the worst are held, and come first. `told`: the first are, in the order they came. */
  readonly order: 'worst' | 'told'
}

/** A notification that is to be made durable. */
export interface Ready {
  readonly notification: Notification
  /** Whether all of it has been told before and still holds. */
  readonly isRepeat: boolean
}

/** The alerts of one notification while they come in, one event each. */
export class Gathering {
  readonly id: string
  readonly group: string
  readonly #options: GatheringOptions
  readonly #held: { readonly rank: number; readonly alert: Alert }[] = []
  #firing = 0
  #resolved = 0
  #suppressed = 0
  #repeats = 0

  constructor(id: string, group: string, options: GatheringOptions) {
    this.id = id
    this.group = group
    this.#options = options
  }

  add(told: Told): void {
    if (told.isResolved) this.#resolved++
    else this.#firing++
    if (told.isRepeat) this.#repeats++
    this.#suppressed += told.suppressed
    const rank = this.#options.order === 'worst' ? told.rank : 0
    const isFull = this.#held.length >= this.#options.maxAlerts
    // Most of a storm ends here, before anything is copied.
    if (isFull && rank >= (this.#held.at(-1)?.rank ?? 0)) return
    if (isFull) this.#held.pop()
    const alert = readAlert(told.event, told.measurements, told.metadata)
    const behind = this.#held.findLastIndex((other) => other.rank <= rank)
    this.#held.splice(behind + 1, 0, { rank, alert })
  }

  /** Alerts that are counted and not held. */
  get omitted(): number {
    return this.#firing + this.#resolved - this.#held.length
  }

  /** All of it as one notification, made at `time`. */
  whole(time: number): Ready {
    const notification: Notification = {
      id: this.id,
      group: this.group,
      status: this.#firing > 0 ? 'firing' : 'resolved',
      alerts: this.#held.map(({ alert }) => dated(alert, time)),
      firing: this.#firing,
      resolved: this.#resolved,
      suppressed: this.#suppressed,
      time,
    }
    return { notification, isRepeat: this.#resolved === 0 && this.#repeats === this.#firing }
  }

  /** One notification for each alert that it holds; the group is the alert, so that what is told of one alert stays in order. */
  each(time: number): Ready[] {
    return this.#held.map(({ alert }, index) => ({
      notification: {
        id: this.#held.length === 1 ? this.id : `${this.id}-${index + 1}`,
        group: alert.id,
        status: alert.status,
        alerts: [dated(alert, time)],
        firing: alert.status === 'firing' ? 1 : 0,
        resolved: alert.status === 'resolved' ? 1 : 0,
        suppressed: alert.suppressed,
        time,
      },
      isRepeat: alert.status === 'firing' && alert.reason === 'repeat',
    }))
  }
}

/** Of an alert that was emitted by hand nobody may have said when it began or ended: now, as far as anybody knows. */
function dated(alert: Alert, time: number): Alert {
  const startedAt = alert.startedAt || time
  return alert.status === 'resolved' ? { ...alert, startedAt, endedAt: alert.endedAt ?? time } : { ...alert, startedAt }
}
