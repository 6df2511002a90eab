import assert from 'node:assert/strict'
import { createRequire } from 'node:module'

/** What the generated code of OpenTelemetry offers for one message. */
export interface OfficialMessage {
  /** Undefined, or what is wrong with a plain object. */
  verify(message: unknown): string | null
  fromObject(object: unknown): object
  create(properties?: object): object
  decode(bytes: Uint8Array): object
  encode(message: object): { finish(): Uint8Array }
  /** Plain data: with `defaults`, what was left out is there as its default. */
  toObject(message: object, options?: { longs?: unknown; enums?: unknown; bytes?: unknown; defaults?: boolean }): Plain
}

/** A decoded message; 64-bit integers are strings. */
export type Plain = { readonly [field: string]: unknown }

// The boundary: generated CommonJS without an exports map, whose own types name nothing of this.
const root = createRequire(import.meta.url)('otlp-protos/build/src/generated/root.js') as {
  opentelemetry: {
    proto: {
      collector: {
        metrics: { v1: Record<'ExportMetricsServiceRequest' | 'ExportMetricsServiceResponse', OfficialMessage> }
        logs: { v1: Record<'ExportLogsServiceRequest' | 'ExportLogsServiceResponse', OfficialMessage> }
        trace: { v1: Record<'ExportTraceServiceRequest' | 'ExportTraceServiceResponse', OfficialMessage> }
      }
      logs: { v1: { SeverityNumber: Record<string, number> } }
    }
  }
}
const { metrics, logs, trace } = root.opentelemetry.proto.collector

export type Signal = 'metrics' | 'logs' | 'traces'

/** Requests and responses as the official generated protobufs know them. */
export const official: Record<Signal, { readonly request: OfficialMessage; readonly response: OfficialMessage }> = {
  metrics: { request: metrics.v1.ExportMetricsServiceRequest, response: metrics.v1.ExportMetricsServiceResponse },
  logs: { request: logs.v1.ExportLogsServiceRequest, response: logs.v1.ExportLogsServiceResponse },
  traces: { request: trace.v1.ExportTraceServiceRequest, response: trace.v1.ExportTraceServiceResponse },
}

export const severityNumbers: Readonly<Record<string, number>> = root.opentelemetry.proto.logs.v1.SeverityNumber

/** A message with 64-bit integers as decimal strings and bytes in hex: the form of OTLP/JSON. */
export function toJsonForm(type: OfficialMessage, message: object): Plain {
  const hexed: unknown = JSON.parse(
    JSON.stringify(type.toObject(message, { longs: String }), (_key, value: unknown) =>
      isBuffer(value) ? Buffer.from(value.data).toString('hex') : value,
    ),
  )
  if (typeof hexed !== 'object' || hexed === null) throw new Error('no message')
  return { ...hexed }
}

/**
 * OTLP/JSON read strictly. Throws unless the object has nothing but known fields in their own form: a second writing gives the
 * same, so a 64-bit number that is no string, an unknown key or a wrong enum shows. `lenient` takes all that the generated code takes:
 * OpenTelemetry's own JSON exporter writes counts as numbers.
 */
export function fromJsonForm(type: OfficialMessage, json: unknown, lenient = false): object {
  // What the generated code takes for base64 is hex in OTLP.
  const bytes: unknown = JSON.parse(JSON.stringify(json), (key, value: unknown) =>
    (key === 'traceId' || key === 'spanId' || key === 'parentSpanId') && typeof value === 'string'
      ? Buffer.from(value, 'hex')
      : value,
  )
  const message = type.fromObject(bytes as object)
  const problem = type.verify(message)
  if (problem !== null) throw new Error(problem)
  if (!lenient) assert.deepEqual(withoutEmptyLists(toJsonForm(type, message)), withoutEmptyLists(json))
  return message
}

/** The same value without empty lists, which protobuf does not tell from none. */
export function withoutEmptyLists(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, each: unknown) => (Array.isArray(each) && each.length === 0 ? undefined : each)),
  )
}

function isBuffer(value: unknown): value is { readonly data: readonly number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
}
