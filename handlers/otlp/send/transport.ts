import { redactText } from 'sonde'
import type { DeliveryResult } from 'sonde/delivery'
import type { PartialSuccess } from '../encode/response.ts'
import type { SignalSettings } from '../settings.ts'

/** What became of one attempt. */
export interface Answer extends DeliveryResult {
  /** Of HTTP or of gRPC; missing when no answer came. */
  readonly status?: number
  /** What the receiver remarks on data that it took. */
  readonly message?: string
}

/** Sends requests of one signal. */
export interface Transport<Body> {
  /** Resolves within the time limit whatever happens; never rejects. */
  send(body: Body, abort: AbortSignal): Promise<Answer>
  /** Closes connections. */
  close(): void
}

/** What a receiver writes is shown to people: so much of it, without control characters and what looks like a secret. */
const MESSAGE_CHARACTERS = 256

/** The answer of a receiver that has taken a request. */
export function delivered(status: number, { rejected, message }: PartialSuccess, settings: SignalSettings): Answer {
  const text = settings.secrets.reduce((shown, secret) => shown.replaceAll(secret, '<redacted>'), message)
  const readable = redactText(text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ')).slice(0, MESSAGE_CHARACTERS)
  return {
    outcome: 'delivered',
    status,
    reason: 'taken',
    ...(rejected > 0 && { rejected }),
    ...(readable !== '' && { message: readable }),
  }
}
