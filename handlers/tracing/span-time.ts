import type { HrTime } from '@opentelemetry/api'

/**
 * A time as OpenTelemetry counts it, seconds and nanoseconds: `ms` since the epoch, with a fraction, and `nanoseconds` more or less.
 *
 * Not a number of milliseconds: the SDK takes small ones for another clock, and a double has no room for nanoseconds.
 */
export function toHrTime(ms: number, nanoseconds = 0): HrTime {
  return normal(Math.floor(ms / 1e3), Math.round((ms % 1e3) * 1e6) + nanoseconds)
}

/** `nanoseconds` later. */
export function later([seconds, nanos]: HrTime, nanoseconds: number): HrTime {
  return normal(seconds, nanos + nanoseconds)
}

function normal(seconds: number, nanos: number): HrTime {
  const whole = Math.floor(nanos / 1e9)
  return [seconds + whole, nanos - whole * 1e9]
}

/** Whether a measurement is a time that can be reckoned with. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 1e18
}
