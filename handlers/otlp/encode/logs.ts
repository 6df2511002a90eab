import type { SafeRecord, SafeValue } from 'sonde'
import { toAttributes } from './attributes.ts'
import type { LogRecord } from './message.ts'
import { severityOf } from './severity.ts'
import { toNanos } from './time.ts'
import { hexId } from './trace-ids.ts'

/** One event, its data made safe by `sanitized`. */
export interface SafeEvent {
  readonly event: string
  readonly measurements: SafeRecord
  readonly metadata: SafeRecord
  /** Milliseconds since the epoch. */
  readonly time: number
}

/**
 * An event as a log record. Measurements and metadata are its attributes by their own keys; a measurement whose key is in the
 * metadata too is `measurement.<key>`. `trace_id` and `span_id` become the record's when they are hex of the right length. What was
 * thrown is also there as `exception.type`, `.message` and `.stacktrace`, as the semantic conventions name it.
 */
export function toLogRecord({ event, measurements, metadata, time }: SafeEvent): LogRecord {
  const { trace_id, span_id, ...rest } = metadata
  const traceId = hexId(trace_id, 32)
  const spanId = hexId(span_id, 16)
  const nanos = toNanos(time)
  const exception = exceptionOf(rest)
  return {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    ...severityOf(event, metadata['outcome']),
    eventName: event,
    body: { stringValue: messageOf(metadata) ?? event },
    attributes: toAttributes({
      ...measurementsOf(measurements, metadata),
      ...(traceId === undefined && { trace_id }),
      ...(spanId === undefined && { span_id }),
      ...rest,
      ...exception,
    }),
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
  }
}

type Attributes = { readonly [key: string]: SafeValue | undefined }

function measurementsOf(measurements: SafeRecord, metadata: SafeRecord): Attributes {
  return Object.fromEntries(
    Object.entries(measurements).map(([key, value]) => [
      Object.hasOwn(metadata, key) ? `measurement.${key}` : key,
      value,
    ]),
  )
}

/** What people read first. */
function messageOf(metadata: SafeRecord): string | undefined {
  const { message, reason } = metadata
  if (typeof message === 'string') return message
  if (typeof reason === 'string') return reason
  const thrown = isRecord(reason) ? reason['message'] : undefined
  return typeof thrown === 'string' ? thrown : undefined
}

function exceptionOf({ kind, reason, stacktrace }: Attributes): Attributes {
  if (kind !== 'throw' && kind !== 'rejection') return {}
  const { name, message } = isRecord(reason) ? reason : { name: undefined, message: reason }
  return { 'exception.type': name, 'exception.message': message, 'exception.stacktrace': stacktrace }
}

function isRecord(value: SafeValue | undefined): value is SafeRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
