import { type Context, type Span, type SpanContext, trace } from '@opentelemetry/api'
import { isSpanId, isTraceId, newTraceId, RANDOM, SAMPLED } from 'sonde/context'
import { idsIn } from './parents.ts'

/** Hex digits of a trace id that are random: the last 56 bits (W3C Trace Context 2, "Randomness of trace-id"). */
const RANDOM_DIGITS = 14
const RANGE = 2 ** 56

/** Whether a trace that begins here is kept. */
export type Keeps = (traceId: string) => boolean

/**
 * Keeps `ratio` of all traces: those whose random part is not below `(1 - ratio) · 2^56`, as in OpenTelemetry's consistent probability
 * sampling, so that every process with the same ratio decides alike and a higher ratio keeps what a lower one does. Undefined for 1:
 * the sampler of the SDK alone decides.
 */
export function keepsRatio(ratio: number): Keeps | undefined {
  if (ratio === 1) return undefined
  const threshold = Math.round((1 - ratio) * RANGE)
  if (threshold >= RANGE) return () => false
  // Of equal length, so that the order of the digits is that of the numbers.
  const digits = threshold.toString(16).padStart(RANDOM_DIGITS, '0')
  return (traceId) => traceId.slice(-RANDOM_DIGITS) >= digits
}

/**
 * What stands for a span that is left out: unsampled ids, so that what begins within it is left out too. Undefined when it is kept. A
 * trace is in or out as a whole: `keeps` decides only where there is no parent; a left-out parent stands for all within it.
 */
export function leftOut(within: Context, keeps: Keeps, spanId: string, traceId: unknown): Span | undefined {
  const parent = idsIn(within)
  if (parent === undefined) {
    const drawn = isTraceId(traceId) ? traceId : newTraceId()
    return keeps(drawn) ? undefined : trace.wrapSpanContext({ traceId: drawn, spanId, traceFlags: RANDOM })
  }
  const span = trace.getSpan(within)
  return isSampled(parent) || span?.isRecording() === true ? undefined : span
}

/** `within`, its parent sampled and under its own id: for what is told although its trace is left out. */
export function sampledWithin(within: Context, parentId: unknown): Context {
  const parent = idsIn(within)
  if (parent === undefined || isSampled(parent)) return within
  const spanId = isSpanId(parentId) ? parentId : parent.spanId
  return trace.setSpanContext(within, { ...parent, spanId, traceFlags: parent.traceFlags | SAMPLED })
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & SAMPLED) !== 0
}
