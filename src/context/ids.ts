const ID_BYTES = 16
/** Random bytes drawn at a time: a draw costs more than the rest of an id. */
const pool = Buffer.alloc(ID_BYTES * 256)
let used = pool.length

const LONGEST_CORRELATION_ID = 128
/** By character code. A look-up each is a third of what a regular expression takes, and an id is checked per scope. */
const IN_CORRELATION_ID = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9._:-]/.test(String.fromCharCode(code)) ? 1 : 0,
)
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

/** Whether a value can be a correlation id, 1 to 128 of `A-Za-z0-9._:-`: safe in a header, a log line and a page. */
export function isCorrelationId(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > LONGEST_CORRELATION_ID) return false
  for (let i = 0; i < value.length; i++) if (IN_CORRELATION_ID[value.charCodeAt(i)] !== 1) return false
  return true
}

/** Whether a value is a trace id: 32 lower-case hex characters, not all zero. */
export function isTraceId(value: unknown): value is string {
  return typeof value === 'string' && TRACE_ID.test(value)
}

/** Whether a value is a span id: 16 lower-case hex characters, not all zero. */
export function isSpanId(value: unknown): value is string {
  return typeof value === 'string' && SPAN_ID.test(value)
}
