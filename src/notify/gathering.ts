import { type Alert, type Notification, severities, toSeverity } from './alert.ts'
import { readAlert } from './read-alert.ts'

/** The alerts of one notification while they come in, one event each. Holds `maxAlerts` of them, however many come. */
export class Gathering {
  readonly id: string
  readonly group: string
  readonly #maxAlerts: number
  readonly #worst: { readonly rank: number; readonly alert: Alert }[] = []
  #firing = 0
  #resolved = 0
  #suppressed = 0
  #repeats = 0

  constructor(id: string, group: string, maxAlerts: number) {
    this.id = id
    this.group = group
    this.#maxAlerts = maxAlerts
  }

  add(event: string, measurements: object, metadata: { readonly [key: string]: unknown }): void {
    const resolved = event.endsWith('.resolved')
    const suppressed = 'suppressed' in measurements ? measurements.suppressed : 0
    const isRepeat = metadata.reason === 'repeat'
    const rank = severities.indexOf(toSeverity(metadata.severity)) + (resolved ? severities.length : 0)
    // All that may throw is above: a reading that fails changes nothing.
    if (resolved) this.#resolved++
    else this.#firing++
    if (isRepeat) this.#repeats++
    if (typeof suppressed === 'number' && suppressed > 0) this.#suppressed += suppressed
    const last = this.#worst.at(-1)
    // Most of a storm ends here, before anything is copied.
    if (this.#worst.length >= this.#maxAlerts && (last === undefined || rank >= last.rank)) return
    const at = this.#worst.findIndex((other) => other.rank > rank)
    const entry = { rank, alert: readAlert(event, measurements, metadata) }
    this.#worst.splice(at < 0 ? this.#worst.length : at, 0, entry)
    if (this.#worst.length > this.#maxAlerts) this.#worst.pop()
  }

  /** Whether all of it has been told before and still holds. */
  get isRepeat(): boolean {
    return this.#resolved === 0 && this.#repeats === this.#firing
  }

  toNotification(time: number): Notification {
    return {
      id: this.id,
      group: this.group,
      status: this.#firing > 0 ? 'firing' : 'resolved',
      alerts: this.#worst.map(({ alert }) => alert),
      firing: this.#firing,
      resolved: this.#resolved,
      suppressed: this.#suppressed,
      time,
    }
  }
}
