import type { Metadata } from './types.ts'

/**
 * Whether the end of an operation tells of a failure; `lastSegment` is that of the event's name.
 *
 * A `stop` does when its `outcome` is `error`, or when it has an `error` and no outcome, as events that no span has made. Everything else
 * (`exception`, `failure`, `failed` …) does unless its outcome is `aborted`: who calls off what he has asked for has not met an error.
 * Never throws.
 */
export function isFailedEnd(lastSegment: string, metadata: Metadata): boolean {
  try {
    const { outcome } = metadata
    if (lastSegment !== 'stop') return outcome !== 'aborted'
    if (outcome !== undefined) return outcome === 'error'
    const { error } = metadata
    return error !== undefined && error !== null && error !== false
  } catch {
    return lastSegment !== 'stop'
  }
}
