import { type Exception, type HrTime, type Span, SpanStatusCode } from '@opentelemetry/api'
import { type Metadata, type SafeValue, toSafe } from 'sonde'
import type { Phase } from './patterns.ts'

/** Characters of a status; the exception beside it has more. */
const MESSAGE_LENGTH = 512
const THROWN = { depth: 2, keys: 16, stringBytes: 4_096, totalBytes: 16_384 }

/**
 * Writes how an operation has ended: status ERROR for the outcomes `error`, `exception` and `abandoned`, with what was thrown. `ok`
 * leaves the status as it is, which is for the application to set, and so does `aborted`: who calls off what he has asked for has
 * not met an error, and the attribute `outcome` tells it.
 */
export function writeOutcome(span: Span, phase: Phase, metadata: Metadata, time: HrTime): void {
  const { outcome, error_type } = metadata
  if (outcome === 'aborted' || (phase === 'stop' && outcome !== 'error')) return
  const cause = phase === 'stop' ? metadata['error'] : metadata['reason']
  const thrown = readThrown(cause, metadata['stacktrace'])
  const isObject = typeof cause === 'object' && cause !== null
  if (typeof error_type !== 'string') span.setAttribute('error.type', thrown.name ?? '_OTHER')
  // A code is no message: it is told as `error.type`.
  const message = thrown.message === error_type ? undefined : shorten(thrown.message)
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) })
  if (phase === 'exception' || isObject) span.recordException(thrown as Exception, time)
}

/** What is short enough is safe already. */
function shorten(message: string): string {
  return message.length <= MESSAGE_LENGTH ? message : String(toSafe(message, { stringBytes: MESSAGE_LENGTH }))
}

interface Thrown {
  readonly name?: string
  readonly message: string
  readonly stack?: string
}

/** Whatever was thrown, in words that may leave the process. */
function readThrown(value: unknown, stacktrace: unknown): Thrown {
  const safe = toSafe(value, THROWN)
  const { name, message, stack } = isRecord(safe) ? safe : {}
  const trace = stack ?? toSafe(stacktrace, THROWN)
  return {
    ...(typeof name === 'string' && { name }),
    message: typeof message === 'string' ? message : typeof safe === 'string' ? safe : JSON.stringify(safe),
    ...(typeof trace === 'string' && trace !== '' && { stack: trace }),
  }
}

function isRecord(value: SafeValue): value is { readonly [key: string]: SafeValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
