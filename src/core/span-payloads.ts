import type { Dispatcher } from './dispatcher.ts'
import type { Keys } from './merge.ts'
import type { Measurements, Metadata } from './types.ts'

/** What `start` measures: the times, and what was given with them. */
export function startMeasurements(monotonic: number, wall: number, given: Measurements | undefined): Measurements {
  try {
    if (given !== undefined) {
      const merged: Keys = { monotonic_time: monotonic, system_time: wall, ...given }
      merged.monotonic_time = monotonic
      merged.system_time = wall
      return merged
    }
  } catch {
    // A getter of the user's threw: the times are told all the same.
  }
  return { monotonic_time: monotonic, system_time: wall }
}

/** What `start` carries. Apart from what `stop` will carry, because a handler may keep either. */
export function startMetadata(id: string, parent: string | undefined, given: unknown): Metadata {
  const theirs = copyable(given)
  try {
    const metadata: Keys =
      parent === undefined ? { span_id: id, ...theirs } : { span_id: id, parent_span_id: parent, ...theirs }
    if (metadata.span_id !== id) metadata.span_id = id
    return metadata
  } catch {
    return parent === undefined ? { span_id: id } : { span_id: id, parent_span_id: parent }
  }
}

/** What `stop` will carry, taken at the start. What is not an object, or cannot be copied, is counted and left out. */
export function stopMetadata(dispatcher: Dispatcher, id: string, parent: string | undefined, given: unknown): Keys {
  const theirs = copyable(given)
  if (theirs === undefined && given !== undefined && given !== null) dispatcher.invalid++
  try {
    return parent === undefined
      ? { span_id: id, outcome: 'ok', ...theirs }
      : { span_id: id, outcome: 'ok', parent_span_id: parent, ...theirs }
  } catch {
    dispatcher.invalid++
    return parent === undefined
      ? { span_id: id, outcome: 'ok' }
      : { span_id: id, outcome: 'ok', parent_span_id: parent }
  }
}

function copyable(given: unknown): object | undefined {
  return typeof given === 'object' && given !== null ? given : undefined
}
