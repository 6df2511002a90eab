import { Buffer } from 'node:buffer'
import type { LogRecord, LogsRequest, MetricsRequest, Resource } from './message.ts'
import { encodeMessage } from './protobuf-writer.ts'
import { scope } from './resource.ts'
import { halve, type MetricChunk } from './split.ts'

/** The two encodings of OTLP. */
export type Encoding = 'protobuf' | 'json'

/** A request as it goes out. */
export interface EncodedRequest {
  readonly body: Uint8Array
  /** Data points or log records in it. */
  readonly items: number
}

/** What goes out, and how many items were too large to. */
export interface EncodedRequests {
  readonly requests: readonly EncodedRequest[]
  readonly tooLarge: number
}

/** How requests are written. */
export interface RequestFormat {
  readonly encoding: Encoding
  readonly resource: Resource
  /** Larger requests are halved until they fit; a single item that does not is left out. */
  readonly maxBytes: number
}

/** Writes data points as one request, or as many as it takes. */
export function encodeMetrics(chunk: MetricChunk, format: RequestFormat): EncodedRequests {
  const { encoding, resource, maxBytes } = format
  return encodeFitting(chunk, maxBytes, {
    count: ({ points }) => points,
    halve,
    encode({ metrics }) {
      const request: MetricsRequest = { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] }
      return encoding === 'json' ? toJson(request) : encodeMessage('MetricsRequest', request)
    },
  })
}

/** Writes log records as one request, or as many as it takes. */
export function encodeLogs(records: readonly LogRecord[], format: RequestFormat): EncodedRequests {
  const { encoding, resource, maxBytes } = format
  return encodeFitting(records, maxBytes, {
    count: ({ length }) => length,
    halve: (all) => [all.slice(0, all.length >> 1), all.slice(all.length >> 1)],
    encode(logRecords) {
      const request: LogsRequest = { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] }
      return encoding === 'json' ? toJson(request) : encodeMessage('LogsRequest', request)
    },
  })
}

interface Splitting<T> {
  count(part: T): number
  halve(part: T): readonly T[]
  encode(part: T): Uint8Array
}

function encodeFitting<T>(part: T, maxBytes: number, splitting: Splitting<T>): EncodedRequests {
  const items = splitting.count(part)
  if (items === 0) return { requests: [], tooLarge: 0 }
  const body = splitting.encode(part)
  if (body.length <= maxBytes) return { requests: [{ body, items }], tooLarge: 0 }
  if (items === 1) return { requests: [], tooLarge: 1 }
  const parts = splitting.halve(part).map((half) => encodeFitting(half, maxBytes, splitting))
  return {
    requests: parts.flatMap(({ requests }) => requests),
    tooLarge: parts.reduce((sum, { tooLarge }) => sum + tooLarge, 0),
  }
}

function toJson(request: object): Uint8Array {
  return Buffer.from(JSON.stringify(request))
}
