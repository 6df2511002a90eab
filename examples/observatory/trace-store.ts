import type { Clock } from 'sonde'
import { createSlowTraces } from './slow-traces.ts'
import type { SpanEvent, TracedSpan } from './span-event.ts'
import { lengthOf, rootOf } from './waterfall.ts'

/** How much is kept. */
export interface TraceLimits {
  /** The newest; of those before them some that were slow. */
  readonly maxTraces: number
  /** Of one trace: those that come later are counted and left out. */
  readonly maxSpans: number
  /** Of a trace, since its first event, in milliseconds. */
  readonly maxAgeMs: number
}

/** The spans of one request, job or message. */
export interface Trace {
  readonly id: string
  readonly correlationId: string
  /** When its first event came: milliseconds since the epoch. */
  readonly since: number
  /** By id, in the order in which they were first heard of. */
  readonly spans: ReadonlyMap<string, TracedSpan>
  /** Spans that have ended and that there was no room for. */
  readonly leftOut: number
}

/** The traces of the last while. */
export interface TraceStore {
  add(event: SpanEvent): void
  find(id: string): Trace | undefined
  /** The latest first. */
  newest(): Trace[]
  /** Of those that are not among the newest any more, the slowest of each title. */
  slowest(): Trace[]
}

interface KeptTrace extends Trace {
  /** When its first event came: nanoseconds of the clock. */
  readonly begun: number
  readonly spans: Map<string, TracedSpan>
  leftOut: number
}

/** Makes a store that keeps no more than its limits allow, whatever is added. */
export function createTraceStore(clock: Clock, { maxTraces, maxSpans, maxAgeMs }: TraceLimits): TraceStore {
  // The oldest first: a map keeps the order in which keys came.
  const recent = new Map<string, KeptTrace>()
  const slow = createSlowTraces<KeptTrace>()
  const oldest = () => clock.monotonicTime() - maxAgeMs * 1e6

  function begin({ traceId: id, correlationId }: SpanEvent): KeptTrace {
    const begun = clock.monotonicTime()
    const trace = { id, correlationId, since: clock.wallTime(begun), begun, spans: new Map(), leftOut: 0 }
    const [first] = recent.values()
    if (first !== undefined && recent.size >= maxTraces) retire(first)
    recent.set(id, trace)
    return trace
  }

  function retire(trace: KeptTrace): void {
    recent.delete(trace.id)
    const root = rootOf(trace.spans)
    if (root !== undefined) slow.offer(trace, root.title, lengthOf(root, clock.monotonicTime()), oldest())
  }

  function forget(): void {
    for (const { id, begun } of recent.values()) {
      if (begun >= oldest()) return
      recent.delete(id)
    }
  }

  return {
    add(event) {
      const { traceId, span } = event
      const trace = recent.get(traceId) ?? slow.find(traceId) ?? begin(event)
      const known = trace.spans.get(span.id)
      if (known !== undefined) trace.spans.set(span.id, latest(known, span))
      else if (trace.spans.size < maxSpans) trace.spans.set(span.id, span)
      else if (span.end !== undefined) trace.leftOut++
    },
    find(id) {
      const found = recent.get(id) ?? slow.find(id)
      return found !== undefined && found.begun >= oldest() ? found : undefined
    },
    newest() {
      forget()
      return [...recent.values()].reverse()
    },
    slowest: () => slow.since(oldest()),
  }
}

/** The first end is final. An event of another name only carries the ids of the span that it was in. */
function latest(known: TracedSpan, told: TracedSpan): TracedSpan {
  if (known.end !== undefined || told.end === undefined || known.name !== told.name) return known
  return { ...told, start: known.start }
}
