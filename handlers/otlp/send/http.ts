import { Agent } from 'node:https'
import type { Clock } from 'sonde'
import { type PostOptions, post } from 'sonde/delivery'
import { readResponse } from '../encode/response.ts'
import type { SignalSettings } from '../settings.ts'
import { delivered, type Transport } from './transport.ts'

/** Answers longer than this are not read on (OTLP specification, "OTLP/HTTP Response"). */
const MAX_ANSWER_BYTES = 4 * 1_048_576

const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const

/**
 * Sends by HTTP. 429, 502, 503, 504 and broken connections are worth a retry, all else is not (OTLP specification, "Retryable
 * Response Codes"). A 2xx means taken, also when its body is cut, too long, or nothing that can be read: the receiver has the data,
 * and sending it again would double it.
 */
export function createHttpTransport(clock: Clock, settings: SignalSettings): Transport<Uint8Array> {
  const { signal, encoding, url, timeoutMs, gzip, ca } = settings
  // Idle connections end before the 5 s after which Node's own servers close them.
  const agent = ca === undefined ? undefined : new Agent({ ca, keepAlive: true, timeout: 4_000 })
  const options: PostOptions = {
    headers: { ...settings.headers, 'content-type': CONTENT_TYPES[encoding] },
    gzip,
    timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    clock,
    ...(agent !== undefined && { agent }),
  }

  return {
    async send(body, abort) {
      const { outcome, status, reason, retryAfterMs, bytes } = await post(url, body, { ...options, signal: abort })
      if (status !== undefined && status >= 200 && status < 300) {
        return delivered(status, readResponse(signal, encoding, bytes), settings)
      }
      return {
        outcome,
        reason,
        ...(status !== undefined && { status }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      }
    },
    close: () => agent?.destroy(),
  }
}
