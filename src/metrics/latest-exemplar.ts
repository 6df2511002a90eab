import type { Metadata } from '../core/types.ts'
import type { Exemplar } from './data.ts'

/**
 * The exemplar of one series. It is overwritten per event and read per scrape, so its plain fields are set in place: to build
 * a new one each time takes longer than to record the value.
 */
export class LatestExemplar {
  /** NaN, so that V8 keeps both as doubles from the start. */
  value: number = Number.NaN
  time: number = Number.NaN
  traceId: string | undefined = undefined
  spanId: string | undefined = undefined
  correlationId: string | undefined = undefined

  /** Takes the ids of an event. False, with nothing changed, when it has neither a trace nor a correlation. */
  take(metadata: Metadata): boolean {
    const traceId = identifier(metadata['trace_id'])
    const correlationId = identifier(metadata['correlation_id'])
    if (traceId === undefined && correlationId === undefined) return false
    this.traceId = traceId
    this.spanId = identifier(metadata['span_id'])
    this.correlationId = correlationId
    return true
  }

  read(): Exemplar {
    const { value, time, traceId, spanId, correlationId } = this
    const tags = {
      ...(traceId !== undefined && { trace_id: traceId }),
      ...(spanId !== undefined && { span_id: spanId }),
      ...(correlationId !== undefined && { correlation_id: correlationId }),
    }
    return { value, tags, time }
  }
}

/** A longer one, which each series would keep, fits into no exemplar of OpenMetrics 1.0. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 128 ? value : undefined
}
