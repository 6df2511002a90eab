import type { SpanEvent, TracedSpan } from '../../../examples/observatory/span-event.ts'

/** Span id number `n`. */
export function spanId(n: number): string {
  return n.toString(16).padStart(16, '0')
}

/** Trace id number `n`. */
export function traceId(n: number): string {
  return n.toString(16).padStart(32, '0')
}

/** A span that took from 0 to 100 ns, but for what is given. */
export function span(id: string, given: Partial<TracedSpan> = {}): TracedSpan {
  const name = given.name ?? 'shop.order'
  return {
    id,
    parentId: undefined,
    name,
    start: 0,
    end: 100,
    outcome: 'ok',
    title: name,
    detail: '',
    problem: '',
    ...given,
  }
}

/** The event that tells of `told`, in trace number `trace`. */
export function spanEvent(trace: number, told: TracedSpan): SpanEvent {
  return { traceId: traceId(trace), correlationId: `order-${trace}`, span: told }
}

/** By id, as traces keep them. */
export function byId(...spans: readonly TracedSpan[]): Map<string, TracedSpan> {
  return new Map(spans.map((one) => [one.id, one]))
}
