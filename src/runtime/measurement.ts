import { TelemetryError } from '../core/errors.ts'
import { isEventName } from '../core/names.ts'
import type { Bus, Measurements, Metadata } from '../core/types.ts'

/** Longest delay that Node's timers take: a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

interface PolledCommon {
  /** Tells it from others in `telemetry.poller.failure`; polled once per bus. */
  readonly name: string
  /** Default: the poller's. */
  readonly periodMs?: number
  /** How long a promise may take; default the poller's. */
  readonly timeoutMs?: number
  /** Gives back what the measurement holds: called when nobody listens to `event` any more, and when the poller stops. */
  release?(): void
}

/** Emits what `read` returns as `event`. */
export interface ReadMeasurement extends PolledCommon {
  readonly event: string
  readonly metadata?: Metadata
  /** Called only while somebody listens to `event`. `undefined`: nothing to tell this time. */
  read(): Measurements | undefined | Promise<Measurements | undefined>
  readonly measure?: undefined
}

/** Emits by itself: several events, or none. */
export interface CustomMeasurement extends PolledCommon {
  /** When given, `measure` is called only while somebody listens to it. */
  readonly event?: string
  measure(bus: Bus): void | Promise<void>
  readonly read?: undefined
}

/** Something to poll. One that throws, rejects or takes too long is polled less often, never dropped. */
export type PolledMeasurement = ReadMeasurement | CustomMeasurement

/** Throws `invalid_option` for what cannot be polled. */
export function checkMeasurement(measurement: unknown): void {
  if (typeof measurement !== 'object' || measurement === null) {
    throw invalid(`a measurement must be an object, got ${typeof measurement}`)
  }
  const { name, event, read, measure, release, periodMs, timeoutMs }: Record<string, unknown> = { ...measurement }
  if (typeof name !== 'string' || name === '') {
    throw invalid(`a measurement needs a 'name' that is a string and not empty, got ${typeof name}`)
  }
  if (event !== undefined && (typeof event !== 'string' || !isEventName(event))) {
    throw invalid(`measurement '${name}': 'event' must be an event name`)
  }
  if ((read === undefined) === (measure === undefined)) {
    throw invalid(`measurement '${name}' needs either 'event' and 'read', or 'measure'`)
  }
  if (read !== undefined && event === undefined) throw invalid(`measurement '${name}': 'read' needs an 'event'`)
  for (const [key, fn] of Object.entries({ read, measure, release })) {
    if (fn !== undefined && typeof fn !== 'function')
      throw invalid(`measurement '${name}': '${key}' must be a function`)
  }
  if (periodMs !== undefined) checkDelay(`periodMs' of measurement '${name}`, periodMs)
  if (timeoutMs !== undefined) checkDelay(`timeoutMs' of measurement '${name}`, timeoutMs)
}

/** Throws `invalid_option` unless `value` is a number of milliseconds that a timer can wait. */
export function checkDelay(option: string, value: unknown, least = 1): void {
  if (typeof value === 'number' && value >= least && value <= MAX_TIMER_MS) return
  throw invalid(`option '${option}' must be ${least} to ${MAX_TIMER_MS} milliseconds, got ${String(value)}`)
}

/** An `invalid_option` of the poller. */
export function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `poller: ${problem}`)
}
