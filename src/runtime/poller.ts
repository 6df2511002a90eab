import type { Bus, Cancel } from '../core/types.ts'
import { checkDelay, checkMeasurement, invalid, type PolledMeasurement } from './measurement.ts'
import { nodeMeasurements } from './node-measurements.ts'
import { startPollTask } from './poll-task.ts'

export interface PollerOptions {
  /** What to poll; default `nodeMeasurements()`. */
  readonly measurements?: readonly PolledMeasurement[]
  /** Of measurements without one of their own; default 5,000. */
  readonly periodMs?: number
  /** Before the first poll; default 0, which is the next turn of the event loop. */
  readonly initialDelayMs?: number
  /** How long a promise of a measurement may take; default 5,000. */
  readonly timeoutMs?: number
  /** The longest wait after failures; default 300,000. */
  readonly maxBackoffMs?: number
}

/** A running poller. */
export interface Poller {
  /** Ends polling and gives back timers, histograms and observers. Safe to repeat. */
  stop(): void
  [Symbol.dispose](): void
}

const OPTIONS = ['measurements', 'periodMs', 'initialDelayMs', 'timeoutMs', 'maxBackoffMs']

/** Names polled per bus: one that were polled twice would be counted twice. */
const polled = new WeakMap<Bus, Set<string>>()

/**
 * Polls measurements and emits them as events: by default what Node tells of its process, as the `node.*` events.
 *
 * A measurement that fails never stops another: `telemetry.poller.failure` reports it and it is tried again after
 * twice the period, then four times, up to `maxBackoffMs`. Timers come from `bus.clock` and do not keep the process
 * alive. Throws `invalid_option` for bad options and for a measurement that is polled on this bus already.
 */
export function startPoller(bus: Bus, options: PollerOptions = {}): Poller {
  checkOptions(options)
  const { measurements = nodeMeasurements(), initialDelayMs = 0, maxBackoffMs = 300_000 } = options
  const { periodMs = 5_000, timeoutMs = 5_000 } = options
  for (const measurement of measurements) checkMeasurement(measurement)
  const release = reserveNames(bus, measurements)
  let tasks: readonly Cancel[] = measurements.map((measurement) => {
    const { periodMs: ownPeriod = periodMs, timeoutMs: ownTimeout = timeoutMs } = measurement
    return startPollTask(bus, measurement, { initialDelayMs, periodMs: ownPeriod, timeoutMs: ownTimeout, maxBackoffMs })
  })

  function stop(): void {
    for (const cancel of tasks) cancel()
    if (tasks.length > 0) release()
    tasks = []
  }

  return { stop, [Symbol.dispose]: stop }
}

function checkOptions(options: PollerOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid(`options must be an object, got ${typeof options}`)
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) throw invalid(`there is no option '${unknown}': there are ${OPTIONS.join(', ')}`)
  const { measurements, periodMs, initialDelayMs, timeoutMs, maxBackoffMs } = options
  if (measurements !== undefined && !Array.isArray(measurements)) {
    throw invalid(`option 'measurements' must be an array, got ${typeof measurements}`)
  }
  if (periodMs !== undefined) checkDelay('periodMs', periodMs)
  if (initialDelayMs !== undefined) checkDelay('initialDelayMs', initialDelayMs, 0)
  if (timeoutMs !== undefined) checkDelay('timeoutMs', timeoutMs)
  if (maxBackoffMs !== undefined) checkDelay('maxBackoffMs', maxBackoffMs)
}

/** Marks the names as polled, all or none; returns what frees them. */
function reserveNames(bus: Bus, measurements: readonly PolledMeasurement[]): () => void {
  const taken = polled.get(bus) ?? new Set()
  const mine = new Set<string>()
  for (const { name } of measurements) {
    if (taken.has(name) || mine.has(name)) {
      throw invalid(`'${name}' is polled on this bus already: stop the other poller or leave it out`)
    }
    mine.add(name)
  }
  for (const name of mine) taken.add(name)
  polled.set(bus, taken)
  return () => {
    for (const name of mine) taken.delete(name)
  }
}
