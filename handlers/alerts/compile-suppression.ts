import type { TelemetryError } from 'sonde'
import type { Suppression } from './rule.ts'
import type { SuppressionPolicy } from './suppress.ts'

/** Fills in the defaults and converts to nanoseconds. Throws what `fail` makes of a problem. */
export function compileSuppression(
  suppression: Suppression,
  fail: (problem: string) => TelemetryError,
): SuppressionPolicy {
  const { minIntervalMs = 300_000, occurrenceThreshold = 1, repeatIntervalMs = minIntervalMs, flapping } = suppression
  if (!isTime(minIntervalMs)) throw fail("'minIntervalMs' must be milliseconds from 0 on")
  if (!isTime(repeatIntervalMs)) throw fail("'repeatIntervalMs' must be milliseconds from 0 on")
  if (!(Number.isInteger(occurrenceThreshold) && occurrenceThreshold >= 1))
    throw fail("'occurrenceThreshold' must be a whole number from 1 on")
  const { changes = 6, windowMs = 600_000 } = flapping === false ? {} : (flapping ?? {})
  if (!(Number.isInteger(changes) && changes >= 2 && changes <= 1_000))
    throw fail("'flapping.changes' must be a whole number from 2 to 1,000")
  if (!isTime(windowMs)) throw fail("'flapping.windowMs' must be milliseconds from 0 on")
  return {
    minIntervalNs: minIntervalMs * 1e6,
    repeatIntervalNs: Math.max(minIntervalMs, repeatIntervalMs) * 1e6,
    occurrenceThreshold,
    flapping: flapping === false ? undefined : { changes, windowNs: windowMs * 1e6 },
  }
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}
