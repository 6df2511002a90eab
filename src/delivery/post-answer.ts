import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/types.ts'
import { classifyStatus, type DeliveryResult, type Outcome } from './outcome.ts'
import type { PostOptions, PostTarget } from './post-target.ts'
import { parseRetryAfter } from './retry-after.ts'

/** What became of one HTTP POST. */
export interface PostResult extends DeliveryResult {
  /** Missing when no answer came. */
  readonly status?: number
  /** The answer as text, cut at `maxAnswerBytes`; empty when none came. Hostile: escape it wherever it is shown. */
  readonly body: string
  /** The same as it came, for answers that are not text. Nothing is redacted here. */
  readonly bytes: Uint8Array
}

interface Reading {
  readonly target: PostTarget
  readonly options: PostOptions
  readonly clock: Clock
  /** To be called when the answer is whole, or with why it never will be. */
  end(broken?: string): void
}

/** A result without an answer. */
export function result(outcome: Outcome, reason: string): PostResult {
  return { outcome, reason, body: '', bytes: new Uint8Array() }
}

/** Collects the body of `response` up to the limit. The function returned makes the result of what has come by then. */
export function readAnswer(
  response: IncomingMessage,
  { target, options, clock, end }: Reading,
): (broken: string | undefined) => PostResult {
  const { maxAnswerBytes = 65_536, classify } = options
  const status = response.statusCode ?? 0
  const retryAfterMs = parseRetryAfter(response.headers['retry-after'], clock.wallTime())
  const chunks: Buffer[] = []
  let room = maxAnswerBytes

  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk.subarray(0, room))
    if (chunk.length > room) {
      end()
      response.destroy()
    }
    room = Math.max(0, room - chunk.length)
  })
  response.on('end', () => end())
  response.on('error', () => end('answer broken off'))

  return (broken) => {
    const bytes = Buffer.concat(chunks)
    const body = redact(decode(bytes), target.secrets)
    const judged = judge(status, body, classify)
    // Of half an answer nobody knows what the other half said, but a refusal stays one.
    const outcome = broken !== undefined && judged === 'delivered' ? 'retry' : judged
    const reason = [describe(status), broken].filter((part) => part !== undefined).join(', ')
    const wait = outcome === 'retry' && retryAfterMs !== undefined ? { retryAfterMs } : {}
    return { outcome, status, ...wait, reason, body, bytes }
  }
}

function judge(status: number, body: string, classify: PostOptions['classify']): Outcome {
  try {
    const outcome = classify?.(status, body)
    if (outcome === 'delivered' || outcome === 'retry' || outcome === 'permanent') return outcome
  } catch {
    // The caller's function has failed; the status still means what it means.
  }
  return classifyStatus(status)
}

function describe(status: number): string {
  return status >= 300 && status < 400 ? `status ${status}, redirects are not followed` : `status ${status}`
}

/** As a stream, so that a character cut in two at the end is left out. */
function decode(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true })
}

/** Error pages like to repeat the path, which in a webhook is the password. */
function redact(body: string, secrets: readonly string[]): string {
  const text = secrets.reduce((rest, secret) => rest.replaceAll(secret, '<redacted>'), body)
  const cut = Math.max(0, ...secrets.map((secret) => beginningAtEnd(text, secret)))
  return cut === 0 ? text : `${text.slice(0, -cut)}<redacted>`
}

/** How much of `secret`, but 8 characters at least, `text` ends with: an answer may be cut in the middle of one. */
function beginningAtEnd(text: string, secret: string): number {
  for (let length = secret.length - 1; length >= 8; length--) if (text.endsWith(secret.slice(0, length))) return length
  return 0
}
