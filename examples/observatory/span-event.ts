import { type Measurements, type Metadata, toSafe } from 'sonde'
import { isCorrelationId, isSpanId, isTraceId } from 'sonde/context'

/** `open` while a span runs, then what its last event says. */
export type Outcome = 'open' | 'ok' | 'error' | 'exception' | 'aborted' | 'abandoned'

/** One run of an operation, as far as its events have told. Times in nanoseconds of the bus's clock. */
export interface TracedSpan {
  readonly id: string
  readonly parentId: string | undefined
  /** The operation. */
  readonly name: string
  readonly start: number
  /** Undefined while it runs. */
  readonly end: number | undefined
  readonly outcome: Outcome
  /** What requests to the same place have in common: `GET /archive`; for other operations the name. */
  readonly title: string
  /** The rest of the metadata, in a few words. */
  readonly detail: string
  /** What went wrong; empty when nothing did. */
  readonly problem: string
}

/** A span, and whose it is. */
export interface SpanEvent {
  readonly traceId: string
  readonly correlationId: string
  readonly span: TracedSpan
}

type Times = Pick<TracedSpan, 'start' | 'end'>

const OPERATION = /^(.+)\.(start|stop|exception)$/
const FAILURES = ['error', 'exception', 'aborted', 'abandoned'] as const
const DETAIL_LENGTH = 120
const PROBLEM_LENGTH = 300
/** Shown otherwise, or of no use to people. */
const LEFT_OUT: ReadonlySet<string> = new Set(
  ['correlation_id', 'trace_id', 'span_id', 'parent_span_id', 'outcome', 'kind'].concat(
    ['reason', 'stacktrace', 'error', 'error_type'], // The problem.
  ),
)

/** What an event tells of a span; undefined when it is not one of an operation, or in no trace. Never throws. */
export function readSpanEvent(event: string, measurements: Measurements, metadata: Metadata): SpanEvent | undefined {
  const [, name, phase] = OPERATION.exec(event) ?? []
  // The library's own events are about others.
  if (name === undefined || name.startsWith('telemetry.')) return undefined
  try {
    if (phase === 'start') return readSpan(name, readStart(measurements), 'open', metadata)
    const usual = phase === 'stop' ? 'ok' : 'exception'
    const outcome = FAILURES.find((failure) => failure === metadata.outcome) ?? usual
    return readSpan(name, readEnd(measurements), outcome, metadata)
  } catch {
    // A getter or a proxy that throws.
    return undefined
  }
}

function readStart({ monotonic_time: time }: Measurements): Times | undefined {
  return isNanoseconds(time) ? { start: time, end: undefined } : undefined
}

/** An end says when the span began, too: nothing depends on having seen the start. */
function readEnd({ monotonic_time: time, duration }: Measurements): Times | undefined {
  return isNanoseconds(time) && isNanoseconds(duration) ? { start: Math.max(0, time - duration), end: time } : undefined
}

/** Numbers that can be told apart, so that the difference of any two is one too. */
function isNanoseconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

function readSpan(name: string, times: Times | undefined, outcome: Outcome, metadata: Metadata): SpanEvent | undefined {
  const { trace_id: traceId, span_id: id, parent_span_id: parentId, correlation_id: correlationId } = metadata
  if (times === undefined || !isTraceId(traceId) || !isSpanId(id)) return undefined
  return {
    traceId,
    correlationId: isCorrelationId(correlationId) ? correlationId : traceId,
    span: {
      ...times,
      id,
      parentId: isSpanId(parentId) ? parentId : undefined,
      name,
      outcome,
      title: readTitle(name, metadata),
      detail: readDetail(metadata),
      problem: outcome === 'ok' || outcome === 'open' ? '' : readProblem(metadata),
    },
  }
}

function readTitle(name: string, { method, route }: Metadata): string {
  if (typeof method !== 'string') return name
  return cut(typeof route === 'string' ? `${method} ${route}` : `${method}, no route`, DETAIL_LENGTH)
}

/** What is short anyway, without secrets: texts as they are, other values with their keys. */
function readDetail(metadata: Metadata): string {
  const told = Object.entries(metadata).filter(([key, value]) => !LEFT_OUT.has(key) && typeof value !== 'object')
  if (told.length === 0) return ''
  const safe = toSafe(Object.fromEntries(told), { stringBytes: DETAIL_LENGTH })
  const words = Object.entries(safe ?? {}).map(([key, value]) =>
    typeof value === 'string' ? value : `${key} ${value}`,
  )
  return cut(words.join(' '), DETAIL_LENGTH)
}

function readProblem({ reason, error }: Metadata): string {
  const safe = toSafe(reason ?? error)
  const isError = typeof safe === 'object' && safe !== null && 'message' in safe
  return cut(String((isError ? safe.message : safe) ?? ''), PROBLEM_LENGTH)
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}
