import type { IncomingMessage, ServerResponse } from 'node:http'
import { httpReceiver, type Receiver, readBody } from '../../delivery/receiver.ts'

/** A message in a channel, as Slack has it now. */
export interface Posted {
  readonly ts: string
  readonly threadTs: string | undefined
  message: Message
  /** How often it was changed. */
  updates: number
}

export interface Message {
  readonly text: string
  readonly attachments: readonly { readonly color?: string; readonly blocks: readonly unknown[] }[]
}

/** A Slack that holds to what Slack documents, and refuses everything else. */
export interface StrictSlack {
  readonly url: string
  readonly hook: string
  readonly posted: Posted[]
  /** Words of refusals, in order. */
  readonly refusals: string[]
  /** Answers that come before any judgement, for one request each. */
  readonly answers: ((request: IncomingMessage, response: ServerResponse) => void)[]
  /** Messages that are not there any more. */
  forget(ts: string): void
  close(): Promise<void>
}

export const token = 'xoxb-canary-0123456789'
export const channel = 'C024BE91L'

/** Times of the receiver, in milliseconds. A channel takes a message a second, and bursts of a few. */
interface Pace {
  readonly now?: () => number
}

/** Incoming webhook and Web API on one port. The limits: https://api.slack.com/reference/block-kit/blocks. */
export async function startStrictSlack({ now }: Pace = {}): Promise<StrictSlack> {
  const posted: Posted[] = []
  const refusals: string[] = []
  const answers: StrictSlack['answers'] = []
  let due = Number.NEGATIVE_INFINITY
  let count = 0

  const receiver: Receiver = await httpReceiver(async (request, response) => {
    const body = String(await readBody(request))
    const answer = answers.shift()
    if (answer !== undefined) return answer(request, response)
    if (now !== undefined && request.url !== '/api/chat.update') {
      // A message a second; of a burst three are taken, as on the real one.
      due = Math.max(due, now()) + 1_000
      if (due - now() > 3_000) {
        due -= 1_000
        refusals.push('ratelimited')
        return void response.writeHead(429, { 'retry-after': '1' }).end('ratelimited')
      }
    }
    if (request.url?.startsWith('/hook') === true) answerHook(body, response)
    else answerApi(request, body, response)
  })

  function answerHook(body: string, response: ServerResponse): void {
    const problem = refusal(body)
    if (problem !== undefined) refusals.push(problem)
    else post(JSON.parse(body), undefined)
    response.writeHead(problem === undefined ? 200 : 400).end(problem === undefined ? 'ok' : 'invalid_payload')
  }

  function answerApi(request: IncomingMessage, body: string, response: ServerResponse): void {
    const say = (answer: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    const error = apiError(request, body)
    if (error !== undefined) {
      refusals.push(error)
      return void say({ ok: false, error })
    }
    const { ts, thread_ts, ...message } = JSON.parse(body)
    if (request.url === '/api/chat.update') {
      const known = posted.find((one) => one.ts === ts)
      if (known === undefined) return void say({ ok: false, error: 'message_not_found' })
      known.message = message
      known.updates++
      return void say({ ok: true, ts, channel })
    }
    if (thread_ts !== undefined && !posted.some((one) => one.ts === thread_ts))
      return void say({ ok: false, error: 'thread_not_found' })
    say({ ok: true, ts: post(message, thread_ts).ts, channel })
  }

  function post(message: Message, threadTs: string | undefined): Posted {
    const one = { ts: `1700000000.${String(++count).padStart(6, '0')}`, threadTs, message, updates: 0 }
    posted.push(one)
    return one
  }

  return {
    url: `http://127.0.0.1:${receiver.port}/api`,
    hook: `http://127.0.0.1:${receiver.port}/hook/canary-path`,
    posted,
    refusals,
    answers,
    forget(ts) {
      const at = posted.findIndex((one) => one.ts === ts)
      if (at >= 0) posted.splice(at, 1)
    },
    close: receiver.close,
  }
}

function apiError({ url, headers }: IncomingMessage, body: string): string | undefined {
  if (url !== '/api/chat.postMessage' && url !== '/api/chat.update') return 'unknown_method'
  if (headers.authorization !== `Bearer ${token}`) return 'invalid_auth'
  if (headers['content-type']?.startsWith('application/json') !== true) return 'invalid_post_type'
  const problem = refusal(body)
  if (problem !== undefined) return problem
  const { channel: to, ts } = JSON.parse(body)
  if (to !== channel) return 'channel_not_found'
  return url === '/api/chat.update' && typeof ts !== 'string' ? 'message_not_found' : undefined
}

/** What Slack would say against a message; undefined when it takes it. */
export function refusal(body: string): string | undefined {
  let message: Record<string, unknown>
  try {
    message = JSON.parse(body)
  } catch {
    return 'invalid_json'
  }
  const { text, blocks = [], attachments = [] } = message
  if (typeof text !== 'string' || text === '') return 'no_text'
  if (text.length > 40_000) return 'msg_too_long'
  if (!Array.isArray(attachments) || attachments.length > 100 || !Array.isArray(blocks)) return 'invalid_attachments'
  const all = [...blocks, ...attachments.flatMap((one: { blocks?: unknown[] }) => one.blocks ?? [])]
  if (all.length > 50) return 'invalid_blocks: too many'
  if (JSON.stringify(all).length > 13_000) return 'msg_blocks_too_long'
  return all.map(blockProblem).find((problem) => problem !== undefined)
}

function blockProblem(block: unknown): string | undefined {
  const { type, text, fields, elements, ...rest } = block as Record<string, unknown>
  if (Object.keys(rest).length > 0) return `invalid_blocks: ${Object.keys(rest)}`
  if (type === 'section') {
    if (text === undefined && fields === undefined) return 'invalid_blocks: empty section'
    if (text !== undefined && textProblem(text, 3_000) !== undefined) return textProblem(text, 3_000)
    return fields === undefined ? undefined : listProblem(fields, 10, 2_000)
  }
  return type === 'context' ? listProblem(elements, 10, 3_000) : `invalid_blocks: type ${String(type)}`
}

function listProblem(list: unknown, max: number, maxText: number): string | undefined {
  if (!Array.isArray(list) || list.length === 0 || list.length > max) return 'invalid_blocks: items'
  return list.map((text) => textProblem(text, maxText)).find((problem) => problem !== undefined)
}

function textProblem(object: unknown, max: number): string | undefined {
  const { type, text, emoji, verbatim, ...rest } = object as Record<string, unknown>
  if (Object.keys(rest).length > 0) return `invalid_blocks: ${Object.keys(rest)}`
  if (typeof text !== 'string' || text.length === 0 || text.length > max) return 'invalid_blocks: text'
  if (type === 'plain_text')
    return verbatim === undefined && typeof emoji === 'boolean' ? undefined : 'invalid_blocks: keys'
  if (type !== 'mrkdwn') return 'invalid_blocks: text type'
  return emoji === undefined && typeof verbatim === 'boolean' ? undefined : 'invalid_blocks: keys'
}

/** What Slack makes of a text: tokens in angle brackets, and the rest with its entities decoded, once. */
export function decode(text: string): { readonly shown: string; readonly tokens: readonly string[] } {
  const tokens: string[] = []
  const shown = text
    .replace(/<([^<>]*)>/g, (_, token: string) => {
      tokens.push(token)
      return ''
    })
    .replace(/&(amp|lt|gt);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>' })[name] ?? '')
  return { shown, tokens }
}
