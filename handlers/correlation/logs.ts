import { currentContext } from 'sonde/context'

/** The ids of a log record, under OpenTelemetry's names for logs that are not OTLP, and the correlation id. */
export interface LogFields {
  readonly correlation_id?: string
  readonly trace_id?: string
  /** Missing where no span is under way. */
  readonly span_id?: string
  /** Two hex characters, as in `traceparent`: `01` is sampled. */
  readonly trace_flags?: string
}

/**
 * The ids of the present context for a log record; an empty object where there is none. A new object each time.
 *
 * Made to be pino's mixin: `pino({ mixin: logFields })`. Any other logger takes it as fields: `log.info({ ...logFields(), … })`.
 */
export function logFields(): LogFields {
  const context = currentContext()
  if (context === undefined) return {}
  const { correlationId, traceId, spanId, traceFlags } = context
  const trace_flags = traceFlags.toString(16).padStart(2, '0')
  const ids = { correlation_id: correlationId, trace_id: traceId }
  return spanId === undefined ? { ...ids, trace_flags } : { ...ids, span_id: spanId, trace_flags }
}
