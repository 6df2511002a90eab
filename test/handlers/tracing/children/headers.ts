import { type Context, currentContext, startTrace } from 'sonde/context'

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** The context of a request: that of its caller, or a trace that begins here. */
export function extract({ traceparent }: NodeJS.Dict<unknown>): Context {
  const [, traceId = '', spanId, flags = '0'] = TRACEPARENT.exec(String(traceparent)) ?? []
  if (spanId === undefined) return startTrace()
  return {
    correlationId: traceId,
    traceId,
    spanId,
    parentSpanId: undefined,
    traceFlags: Number.parseInt(flags, 16),
    traceState: '',
    baggage: new Map(),
  }
}

/** `headers` with the ids of a context. */
export function inject(
  headers: Record<string, string>,
  context: Context | undefined = currentContext(),
): Record<string, string> {
  if (context?.spanId === undefined) return headers
  const flags = context.traceFlags.toString(16).padStart(2, '0')
  return { ...headers, traceparent: `00-${context.traceId}-${context.spanId}-${flags}` }
}
