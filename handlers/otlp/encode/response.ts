import { decodeMessage } from './protobuf-reader.ts'
import type { Encoding } from './request.ts'

/** Metrics and logs are sent apart: each to a path of its own, with books of its own. */
export type Signal = 'metrics' | 'logs'

/** What the receiver says of a request that it has taken. */
export interface PartialSuccess {
  /** Items refused, which must not be sent again. */
  readonly rejected: number
  /** Why, or a warning when nothing was refused; empty when there is none. Hostile text. */
  readonly message: string
}

const NOTHING: PartialSuccess = { rejected: 0, message: '' }

const RESPONSES = {
  metrics: { message: 'MetricsResponse', rejected: 'rejectedDataPoints' },
  logs: { message: 'LogsResponse', rejected: 'rejectedLogRecords' },
} as const

/** Reads the answer to a request. One that cannot be read says nothing: the request was taken all the same. */
export function readResponse(signal: Signal, encoding: Encoding, bytes: Uint8Array): PartialSuccess {
  const { message, rejected } = RESPONSES[signal]
  try {
    const answer: unknown =
      encoding === 'json' ? JSON.parse(new TextDecoder().decode(bytes)) : decodeMessage(message, bytes)
    if (!isObject(answer) || !isObject(answer['partialSuccess'])) return NOTHING
    const { errorMessage, [rejected]: refused } = answer['partialSuccess']
    // JSON has 64-bit integers as strings, and receivers that write numbers.
    const count = typeof refused === 'string' || typeof refused === 'number' ? Number(refused) : 0
    return {
      rejected: Number.isSafeInteger(count) && count > 0 ? count : 0,
      message: typeof errorMessage === 'string' ? errorMessage : '',
    }
  } catch {
    return NOTHING
  }
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null
}
