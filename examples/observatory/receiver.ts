import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Route, serve } from 'sonde/http'
import { readBody } from './read-body.ts'

/** A message that has arrived, the newest first in lists. */
export interface Delivered {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly to: 'webhook' | 'slack'
  readonly status: string
  /** A line for each alert. */
  readonly lines: readonly string[]
}

/** The other end of the alerts: what a team would have in a service of its own. */
export interface Receiver {
  readonly webhook: { readonly url: string; readonly secret: string }
  readonly slack: { readonly url: string }
  delivered(): readonly Delivered[]
  close(): Promise<void>
}

/** Body of a webhook, as far as it is shown. */
interface WebhookMessage {
  readonly status: string
  readonly alerts: readonly WebhookAlert[]
}

interface WebhookAlert {
  readonly status: string
  readonly annotations: { readonly [name: string]: string }
}

/** A message for Slack, as far as it is shown. */
interface SlackMessage {
  readonly text: string
  readonly attachments: readonly { readonly blocks: readonly { readonly text?: { readonly text: string } }[] }[]
}

const KEPT = 30
const MAX_BYTES = 1_048_576

/** Takes webhooks, whose signatures it checks, and messages for Slack, on a port of its own. */
export async function startReceiver(): Promise<Receiver> {
  const key = randomBytes(32)
  const seen = new Set<unknown>()
  const delivered: Delivered[] = []

  function keep(message: Omit<Delivered, 'time'>): void {
    delivered.unshift({ time: Date.now(), ...message })
    delivered.length = Math.min(delivered.length, KEPT)
  }

  async function takeWebhook(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_BYTES)
    if (body === undefined || !isSigned(key, request.headers, body)) return void response.writeHead(401).end()
    const id = request.headers['webhook-id']
    // At least once means that one may come again.
    if (!seen.has(id)) {
      seen.add(id)
      const { status, alerts }: WebhookMessage = JSON.parse(body)
      keep({ to: 'webhook', status, lines: alerts.map((alert) => lineOf(status, alert)) })
    }
    response.writeHead(204).end()
  }

  async function takeSlack(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, MAX_BYTES)
    if (body === undefined) return void response.writeHead(413).end()
    const { text, attachments }: SlackMessage = JSON.parse(body)
    const listed = attachments.flatMap(({ blocks }) => blocks).flatMap((block) => block.text?.text.split('\n') ?? [])
    keep({
      to: 'slack',
      status: text.includes('[RESOLVED]') ? 'resolved' : 'firing',
      lines: [text, ...listed].map(decode),
    })
    response.writeHead(200).end('ok')
  }

  const routes: Route[] = [
    { path: '/webhook', methods: ['POST'], handle: takeWebhook },
    { path: '/slack', methods: ['POST'], handle: takeSlack },
  ]
  const server = await serve({ port: 0, routes })
  return {
    webhook: { url: `${server.url}/webhook`, secret: `whsec_${key.toString('base64')}` },
    slack: { url: `${server.url}/slack` },
    delivered: () => delivered,
    close: server.close,
  }
}

/** In a message that fires there may be alerts that are over. */
function lineOf(messageStatus: string, { status, annotations }: WebhookAlert): string {
  const { summary = '', suppressed = '0' } = annotations
  const more = suppressed === '0' ? '' : ` (${suppressed} times more since the last message)`
  return `${status === messageStatus ? '' : `${status}: `}${summary}${more}`
}

/** The three characters that are escaped in what Slack is sent. */
function decode(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** Standard Webhooks: an HMAC over the id, the time and the body. */
function isSigned(key: Buffer, headers: IncomingMessage['headers'], body: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': given } = headers
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`)
  const signature = Buffer.from(String(given))
  return signature.length === expected.length && timingSafeEqual(signature, expected)
}
