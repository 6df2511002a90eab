import { Buffer } from 'node:buffer'
import { createHash, createHmac } from 'node:crypto'
import { TelemetryError } from 'sonde'

/** What is signed: exactly the bytes that are sent. */
export interface SignedMessage {
  readonly id: string
  /** Seconds since the epoch. */
  readonly timestamp: number
  readonly body: string
}

const PREFIX = 'whsec_'

/** The keys of secrets, `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks, "Signature scheme"). Throws `invalid_option`, quoting none. */
export function readSecrets(secret: unknown): readonly Buffer[] {
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret]
  if (secrets.length === 0) throw invalid()
  return secrets.map((one) => {
    if (typeof one !== 'string' || !one.startsWith(PREFIX)) throw invalid()
    const text = one.slice(PREFIX.length)
    const key = Buffer.from(text, 'base64')
    // Buffer skips what is no base64: then it says something else than was written.
    const isSame = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')
    if (!isSame || key.length < 24 || key.length > 64) throw invalid()
    return key
  })
}

/** The headers of Standard Webhooks: one `v1` signature (HMAC-SHA256) for each key, in their order; none without keys. */
export function sign(keys: readonly Buffer[], { id, timestamp, body }: SignedMessage): Record<string, string> {
  const content = `${id}.${timestamp}.${body}`
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(content).digest('base64')}`)
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  }
}

/** An id as a header: itself where it may be one, which has no dot because dots part what is signed; else its hash. */
export function webhookId(id: string): string {
  return /^[\w:-]{1,256}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 32)
}

function invalid(): TelemetryError {
  return new TelemetryError(
    'invalid_option',
    "webhook: option 'secret' must be 'whsec_' and base64 of 24 to 64 random bytes, or a list of such",
  )
}
