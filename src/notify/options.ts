import { TelemetryError } from '../core/errors.ts'
import type { Matchers } from './matchers.ts'

/** What every handler that notifies takes. Times are milliseconds. */
export interface NotifierOptions {
  /** Notifications survive the process here, in an outbox. Without it they wait in memory. One handler per directory. */
  readonly directory?: string
  /** Only alerts that match, such as `{ severity: ['critical', 'high'] }`. Default: all. */
  readonly match?: Matchers
  /** Whether the end of an alert is told too. Default true. */
  readonly sendResolved?: boolean
  /** How many alerts of one group are listed; the others are counted. Default 20. */
  readonly maxAlerts?: number
  /** Notifications that wait, default 10,000. */
  readonly maxItems?: number
  /** After this a notification is not sent any more, default 24 h. */
  readonly maxAgeMs?: number
  /** For one attempt, default 10,000. */
  readonly timeoutMs?: number
  /** Handler id, when there are several of a kind on one bus. Default: the name of the handler. */
  readonly id?: string
}

/** Throws `invalid_option` for what is wrong. The outbox and the queue check their own bounds. */
export function checkNotifierOptions(
  destination: string,
  { sendResolved = true, maxAlerts = 1, timeoutMs = 1, directory }: NotifierOptions,
): void {
  if (typeof sendResolved !== 'boolean') throw invalid(destination, "'sendResolved' must be true or false")
  if (!(Number.isInteger(maxAlerts) && maxAlerts >= 1 && maxAlerts <= 10_000))
    throw invalid(destination, "'maxAlerts' must be a whole number from 1 to 10,000")
  if (!(Number.isFinite(timeoutMs) && timeoutMs >= 1)) throw invalid(destination, "'timeoutMs' must be at least 1")
  if (directory !== undefined && typeof directory !== 'string') throw invalid(destination, "'directory' must be a path")
}

function invalid(destination: string, problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `${destination}: option ${problem}`)
}
