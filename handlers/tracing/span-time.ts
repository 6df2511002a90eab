import type { HrTime } from '@opentelemetry/api'
import type { Measurements } from 'sonde'

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

/** A measurement that is a time to reckon with; undefined for anything else, a getter that throws too. */
export function timeIn(measurements: Measurements, key: 'duration' | 'system_time'): number | undefined {
  try {
    const value = measurements[key]
    return typeof value === 'number' && value >= 0 && value < 1e18 ? value : undefined
  } catch {
    return undefined
  }
}
