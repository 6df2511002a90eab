/** `SeverityNumber` and `SeverityText` of a log record. */
export interface Severity {
  readonly severityNumber: number
  readonly severityText: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
}

const DEBUG: Severity = { severityNumber: 5, severityText: 'DEBUG' }
const INFO: Severity = { severityNumber: 9, severityText: 'INFO' }
const WARN: Severity = { severityNumber: 13, severityText: 'WARN' }
const ERROR: Severity = { severityNumber: 17, severityText: 'ERROR' }

/** By the last segment of an event's name: the words of the catalog for what went wrong, and for what may. */
const BY_SEGMENT: { readonly [segment: string]: Severity } = {
  exception: ERROR,
  failure: ERROR,
  failed: ERROR,
  panicked: ERROR,
  spike: ERROR,
  firing: ERROR,
  abandoned: WARN,
  degradation: WARN,
  dropped: WARN,
  invalid: WARN,
  overflow: WARN,
  recursion: WARN,
  rejected: WARN,
  slow: WARN,
  slow_queue: WARN,
  timeout: WARN,
  warning: WARN,
  start: DEBUG,
}

/**
 * How severe an event is. ERROR: the last segment is `exception`, `failure`, `failed`, `panicked`, `spike` or `firing`, or the `outcome`
 * is `error`. WARN: `abandoned`, `degradation`, `dropped`, `invalid`, `overflow`, `recursion`, `rejected`, `slow`, `slow_queue`, `timeout`,
 * `warning`. DEBUG: `start`. INFO: all else.
 */
export function severityOf(event: string, outcome: unknown): Severity {
  const segment = event.slice(event.lastIndexOf('.') + 1)
  const known = Object.hasOwn(BY_SEGMENT, segment) ? BY_SEGMENT[segment] : undefined
  return known ?? (outcome === 'error' ? ERROR : INFO)
}
