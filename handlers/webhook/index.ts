import type { Bus } from 'sonde'
import { classifyWebhook, type DeliveryResult, post } from 'sonde/delivery'
import { createNotifier, type Notification, type NotifierAttachment } from 'sonde/notify'
import { writeBody } from './body.ts'
import { checkWebhookOptions, type WebhookOptions, type WebhookTarget } from './options.ts'
import { sign, webhookId } from './signature.ts'

export type { WebhookBody } from './body.ts'
export type { WebhookOptions } from './options.ts'

/** Why a notification cannot be written; nothing that a template has thrown is quoted. */
type Written = { readonly body: string } | { readonly problem: string }

/**
 * Posts alerts to a webhook: by default Alertmanager's v4 body, signed as Standard Webhooks (https://www.standardwebhooks.com) when there is a `secret`.
 *
 * At least once, in the order of each group; `webhook-id` is the same at every attempt and after a restart, so that a receiver can leave out what it
 * has seen. 2xx is delivered; 408, 425, 429, 5xx and a network that fails are tried again; anything else, redirects included, becomes a dead
 * letter, and after 410 nothing more is sent. What is lost and when: see `createNotifier`. Wrong options throw `invalid_option`.
 */
export function attachWebhook(bus: Bus, options: WebhookOptions): NotifierAttachment {
  const target = checkWebhookOptions(options)
  const deliver = async (notification: Notification, { signal }: { readonly signal: AbortSignal }) => {
    const written = write(notification, target)
    if ('problem' in written) return { outcome: 'permanent', reason: written.problem } satisfies DeliveryResult
    const { body } = written
    const timestamp = Math.floor(bus.clock.wallTime() / 1_000)
    const signature = sign(target.keys, { id: webhookId(notification.id), timestamp, body })
    const headers = { ...target.post.headers, ...signature }
    const { clock } = bus
    return post(target.url, body, { ...target.post, headers, signal, clock, classify: classifyWebhook })
  }
  return createNotifier(bus, { name: 'webhook', deliver }, options)
}

function write(notification: Notification, { template, sender }: WebhookTarget): Written {
  if (template === undefined) return { body: JSON.stringify(writeBody(notification, sender)) }
  try {
    const made = template(notification)
    if (typeof made === 'string') return { body: made }
    if (made instanceof Promise) {
      made.catch(() => {})
      return { problem: 'the template has returned a promise' }
    }
    // Typed as a string, but undefined for undefined, functions and symbols.
    const body: string | undefined = JSON.stringify(made)
    return body === undefined ? { problem: 'the template has returned nothing that JSON can write' } : { body }
  } catch {
    return { problem: 'the template has thrown, or returned nothing that JSON can write' }
  }
}
