import { RANDOM, SAMPLED } from '../context.ts'
import { isSpanId, isTraceId } from '../ids.ts'
import { trimWhitespace } from './list-members.ts'

/** What a `traceparent` header says: the trace, and the operation of the caller. */
export interface Traceparent {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
}

/** Version, ids, flags; versions to come may add what begins with a dash. */
const LAYOUT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const KNOWN_FLAGS = SAMPLED | RANDOM

/**
 * Reads one `traceparent` (W3C Trace Context, level 2); undefined when it is invalid.
 *
 * Of a version that is not known yet the parts of version 00 are read. Flags that are not known are dropped.
 */
export function parseTraceparent(text: string): Traceparent | undefined {
  const [, version, traceId, spanId, flags = '', more] = LAYOUT.exec(trimWhitespace(text)) ?? []
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (!isTraceId(traceId) || !isSpanId(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & KNOWN_FLAGS }
}

/** Writes version 00: `00-<trace id>-<span id>-<flags>`, 55 characters. */
export function formatTraceparent({ traceId, spanId, traceFlags }: Traceparent): string {
  return `00-${traceId}-${spanId}-0${traceFlags & KNOWN_FLAGS}`
}
