import { TelemetryError } from '../core/errors.ts'
import type { Bus, Cancel } from '../core/types.ts'
import type { PolledMeasurement } from './measurement.ts'

/** When a task runs, in milliseconds. */
export interface PollSchedule {
  readonly initialDelayMs: number
  readonly periodMs: number
  readonly timeoutMs: number
  readonly maxBackoffMs: number
}

/**
 * Polls one measurement until it is stopped; returns what stops it.
 *
 * Runs are due at `start + n × period`, however long they or the timers took; those missed in a stall are left out. A
 * failure doubles the wait, up to `maxBackoffMs`; a success brings the period back. A run never begins before the last
 * one has settled: one that is still under way when it is due again counts as another failure.
 */
export function startPollTask(bus: Bus, measurement: PolledMeasurement, schedule: PollSchedule): Cancel {
  const { clock } = bus
  const { initialDelayMs, periodMs, timeoutMs, maxBackoffMs } = schedule
  const point = measurement.event === undefined ? undefined : bus.event(measurement.event)
  let due = now() + initialDelayMs
  let failures = 0
  let pending: Promise<unknown> | undefined
  let stopped = false
  let cancelTimer = clock.after(initialDelayMs, run)

  function now(): number {
    return clock.monotonicTime() / 1e6
  }

  function run(): void {
    if (stopped) return
    if (pending !== undefined) {
      fail(overdue())
      return
    }
    if (point !== undefined && !point.enabled) {
      release(measurement)
      succeed()
      return
    }
    try {
      const result = measurement.read === undefined ? measurement.measure(bus) : measurement.read()
      if (isThenable(result)) awaitResult(result)
      else finish(result)
    } catch (error) {
      fail(error)
    }
  }

  /** Waits for `promise`, and no longer than the limit: what comes later is thrown away. */
  function awaitResult(promise: PromiseLike<unknown>): void {
    let waiting = true
    const settle = (end: () => void) => {
      pending = undefined
      if (!waiting) return
      waiting = false
      cancelTimer()
      if (!stopped) end()
    }
    cancelTimer = clock.after(timeoutMs, () => {
      waiting = false
      fail(overdue())
    })
    pending = Promise.resolve(promise).then(
      (result) => settle(() => finish(result)),
      (error) => settle(() => fail(error)),
    )
  }

  function finish(result: unknown): void {
    if (measurement.read !== undefined && result !== undefined) {
      // The cast: whatever a user's `read` gives, the bus refuses and counts what is not measurements.
      point?.execute(result as { [key: string]: unknown }, measurement.metadata ?? {})
    }
    succeed()
  }

  function succeed(): void {
    failures = 0
    const passed = Math.floor((now() - due) / periodMs)
    due += periodMs * (Math.max(0, passed) + 1)
    wait(due - now())
  }

  function fail(reason: unknown): void {
    failures++
    const retryMs = Math.min(periodMs * 2 ** failures, Math.max(periodMs, maxBackoffMs))
    due = now() + retryMs
    wait(retryMs)
    const measurements = { failures, retry_in: Math.round(retryMs * 1e6) }
    bus.execute('telemetry.poller.failure', measurements, { measurement: measurement.name, reason })
  }

  function wait(ms: number): void {
    if (!stopped) cancelTimer = clock.after(Math.max(0, ms), run)
  }

  function overdue(): TelemetryError {
    return new TelemetryError('timeout', `poller: '${measurement.name}' has not settled within ${timeoutMs} ms`)
  }

  return () => {
    stopped = true
    cancelTimer()
    release(measurement)
  }
}

function release(measurement: PolledMeasurement): void {
  try {
    measurement.release?.()
  } catch {
    // It gives back what it holds on its own account; polling goes on without.
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
