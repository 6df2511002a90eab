const ID_BYTES = 16
/** Random bytes drawn at a time: a draw costs more than the rest of an id. */
const pool = Buffer.alloc(ID_BYTES * 256)
let used = pool.length

const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/

/** A new trace id: 32 hex characters from 16 random bytes. */
export function newTraceId(): string {
  if (used === pool.length) {
    globalThis.crypto.getRandomValues(pool)
    used = 0
  }
  const start = used
  used += ID_BYTES
  // A trace id must not be all zero; of the bytes that are called random, the last seven, none is touched.
  pool[start] ||= 1
  return pool.toString('hex', start, used)
}

/** Whether a value can be a correlation id: safe in a header, a log line and a page. */
export function isCorrelationId(value: unknown): value is string {
  return typeof value === 'string' && CORRELATION_ID.test(value)
}

/** Whether a value is a trace id: 32 lower-case hex characters, not all zero. */
export function isTraceId(value: unknown): value is string {
  return typeof value === 'string' && TRACE_ID.test(value)
}

/** Whether a value is a span id: 16 lower-case hex characters, not all zero. */
export function isSpanId(value: unknown): value is string {
  return typeof value === 'string' && SPAN_ID.test(value)
}
