import { TelemetryError } from '../core/errors.ts'
import { toDetach } from '../core/lifecycle.ts'
import type { Detach } from '../core/types.ts'
import type { AmbientSpan, Context } from './context.ts'
import { shared } from './shared.ts'

/** A second keeper of contexts in the process, such as OpenTelemetry's: contexts are taken from it and given to it. */
export interface Ambient {
  /** The span that is current there; the same object for as long as that span is. */
  active(): AmbientSpan | undefined
  /** Runs `body` where `context` is current there too. */
  run<T>(context: Context, body: () => T): T
  /**
   * What stands there for the operation with this id, while it is under way: with other ids when spans are numbered there,
   * unsampled when they are left out there.
   */
  spanOf?(spanId: string): AmbientSpan | undefined
  /** Whether what runs now serves telemetry itself, such as the export of spans, and is to be told of by nobody. */
  isSuppressed?(): boolean
}

/** Keeps contexts in step with another keeper until detached. There is one at a time: a second throws `already_attached`. */
export function linkAmbient(ambient: Ambient): Detach {
  if (shared.ambient !== undefined) {
    throw new TelemetryError('already_attached', 'context: another keeper of contexts is linked: detach that one first')
  }
  shared.ambient = ambient
  return toDetach(() => {
    if (shared.ambient !== ambient) return false
    shared.ambient = undefined
    return true
  })
}

/** Whether the other keeper of contexts says that what runs now serves telemetry itself. */
export function isSuppressedByAmbient(): boolean {
  return shared.ambient?.isSuppressed?.() === true
}
