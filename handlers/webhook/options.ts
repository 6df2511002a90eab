import type { Buffer } from 'node:buffer'
import { TelemetryError } from 'sonde'
import { checkPost, type PostOptions } from 'sonde/delivery'
import type { Notification, NotifierOptions } from 'sonde/notify'
import type { Sender } from './body.ts'
import { readSecrets } from './signature.ts'

/** Where to, and what with. */
export interface WebhookOptions extends NotifierOptions, Pick<PostOptions, 'headers' | 'blockPrivate' | 'agent'> {
  /** http or https. It is taken for a secret: no event, error or file has it. */
  readonly url: string | URL
  /** `whsec_` and base64 of 24 to 64 random bytes. Several while they are rotated, the newest first: one signature each. */
  readonly secret?: string | readonly string[]
  /**
   * Makes another body than Alertmanager's: what it returns is written as JSON, a string is sent as it is. A template that throws, or returns
   * what JSON cannot write, makes a dead letter of the notification. It is called anew at each attempt.
   */
  readonly template?: (notification: Notification) => unknown
  /** `externalURL` of the body: where people look. Default empty. */
  readonly externalUrl?: string
  /** `receiver` of the body. Default `webhook`. */
  readonly receiver?: string
  /** Labels on every alert, under its own. */
  readonly metadata?: { readonly application?: string; readonly environment?: string; readonly host?: string }
}

/** Checked options. */
export interface WebhookTarget extends Pick<WebhookOptions, 'url' | 'template'> {
  readonly post: PostOptions
  readonly keys: readonly Buffer[]
  readonly sender: Sender
}

const METADATA = ['application', 'environment', 'host'] as const

/** Throws `invalid_option`, without ever quoting the address, a header or a secret. */
export function checkWebhookOptions(options: WebhookOptions): WebhookTarget {
  const { url, secret, headers = {}, template, externalUrl = '', receiver = 'webhook', metadata = {} } = options
  const { timeoutMs = 10_000, blockPrivate = false, agent } = options
  const post = { headers, timeoutMs, blockPrivate, ...(agent !== undefined && { agent }) }
  if (typeof headers !== 'object' || headers === null) throw invalid("'headers' must be an object of strings")
  checkPost(url, post)
  if (template !== undefined && typeof template !== 'function') throw invalid("'template' must be a function")
  if (typeof externalUrl !== 'string') throw invalid("'externalUrl' must be a string")
  if (typeof receiver !== 'string') throw invalid("'receiver' must be a string")
  if (typeof metadata !== 'object' || metadata === null) throw invalid("'metadata' must be an object")
  return {
    url,
    post,
    keys: secret === undefined ? [] : readSecrets(secret),
    sender: { receiver, externalUrl, labels: labelsOf(metadata) },
    ...(template !== undefined && { template }),
  }
}

function labelsOf(metadata: NonNullable<WebhookOptions['metadata']>): Sender['labels'] {
  const entries = METADATA.flatMap((key) => {
    const value: unknown = metadata[key]
    if (value === undefined) return []
    if (typeof value !== 'string') throw invalid(`'metadata' must have a string for ${key}`)
    return [[key, value] as const]
  })
  return Object.fromEntries(entries)
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `webhook: option ${problem}`)
}
