import { type Baggage, SAMPLED } from '../context.ts'
import { isCorrelationId } from '../ids.ts'
import type { Rejection } from '../rejections.ts'
import type { Origin } from '../scope.ts'
import { parseBaggage } from './baggage-header.ts'
import { type HeaderName, headerReader, type ReadHeader } from './header-reader.ts'
import { parseSeedBaggage, parseSeedFlags, parseSeedSpanId, parseSeedTraceId } from './seed-headers.ts'
import { parseTraceparent } from './traceparent.ts'
import { parseTracestate } from './tracestate.ts'

/** What headers say about who caused a request. */
export interface Incoming {
  readonly origin: Origin
  readonly rejected: readonly Rejection[]
}

/** Longest list that is looked into; Node's parser takes 16,384 bytes for all headers together. */
const LONGEST_LIST = 65_536
const LONGEST_CORRELATION_ID = 128

type Refuse = (header: HeaderName, length: number, reason: Rejection['reason']) => void

/**
 * Reads the headers of a request, of any kind; see `extract`. Pure, and never throws.
 *
 * `tracestate` belongs to `traceparent`: without one that is valid it is not looked at, and neither are the `x-trace-*`
 * headers beside any `traceparent`.
 */
export function readIncoming(headers: unknown): Incoming {
  const rejected: Rejection[] = []
  const read = headerReader(headers)
  const refuse: Refuse = (header, length, reason) => rejected.push({ header, length, reason })
  const trace = read('traceparent').length > 0 ? readTrace(read, refuse) : readSeedTrace(read, refuse)
  const { traceId, spanId, traceFlags, traceState } = trace
  const baggage = readBaggage(read, refuse) ?? trace.baggage
  const correlationId = readCorrelationId(read, refuse)
  return { origin: { correlationId, traceId, spanId, traceFlags, traceState, baggage }, rejected }
}

function readCorrelationId(read: ReadHeader, refuse: Refuse): string | undefined {
  for (const name of ['x-correlation-id', 'x-request-id'] as const) {
    const text = readSingle(name, read, refuse)
    if (text === undefined) continue
    const { length } = text
    if (isCorrelationId(text)) return text
    refuse(name, length, length > LONGEST_CORRELATION_ID ? 'too_long' : 'malformed')
  }
  return undefined
}

function readTrace(read: ReadHeader, refuse: Refuse): Origin {
  const text = readSingle('traceparent', read, refuse)
  if (text === undefined) return {}
  const parent = parseTraceparent(text)
  if (parent === undefined) {
    refuse('traceparent', text.length, 'malformed')
    return {}
  }
  const { traceId, spanId, traceFlags } = parent
  return { traceId, spanId, traceFlags, traceState: readTracestate(read, refuse) }
}

function readTracestate(read: ReadHeader, refuse: Refuse): string | undefined {
  if (read('tracestate').length === 0) return undefined
  const text = readList('tracestate', read, refuse)
  const { value, problem } = parseTracestate(text)
  if (problem !== undefined) refuse('tracestate', text.length, problem)
  return value
}

function readSeedTrace(read: ReadHeader, refuse: Refuse): Origin {
  const traceId = readSeed('x-trace-id', parseSeedTraceId, read, refuse)
  if (traceId === undefined) return {}
  const spanId = readSeed('x-span-id', parseSeedSpanId, read, refuse)
  // Nobody says that the id is random.
  const traceFlags = readSeed('x-trace-flags', parseSeedFlags, read, refuse) ?? SAMPLED
  const text = readList('x-trace-baggage', read, refuse)
  const { baggage, problem } = parseSeedBaggage(text)
  if (problem !== undefined) refuse('x-trace-baggage', text.length, problem)
  return { traceId, spanId, traceFlags, baggage }
}

function readSeed<T>(
  name: HeaderName,
  parse: (text: string) => T | undefined,
  read: ReadHeader,
  refuse: Refuse,
): T | undefined {
  const text = readSingle(name, read, refuse)
  // DSPex sends empty headers for what it does not have.
  if (text === undefined || text === '') return undefined
  const value = parse(text)
  if (value === undefined) refuse(name, text.length, 'malformed')
  return value
}

function readBaggage(read: ReadHeader, refuse: Refuse): Baggage | undefined {
  if (read('baggage').length === 0) return undefined
  const text = readList('baggage', read, refuse)
  const { baggage, problem } = parseBaggage(text)
  if (problem !== undefined) refuse('baggage', text.length, problem)
  return baggage
}

/** The value of a header that may be there once: Node and `fetch` join several with a comma. */
function readSingle(name: HeaderName, read: ReadHeader, refuse: Refuse): string | undefined {
  const values = read(name)
  const text = values[0]
  if (text === undefined || (values.length === 1 && !text.includes(','))) return text
  refuse(name, values.join(',').length, 'duplicate')
  return undefined
}

/** The value of a header that is a list: several are one, in order (RFC 9110 §5.3). */
function readList(name: HeaderName, read: ReadHeader, refuse: Refuse): string {
  const text = read(name).join(',')
  if (text.length <= LONGEST_LIST) return text
  refuse(name, text.length, 'too_long')
  return ''
}
