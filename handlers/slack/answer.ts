import { classifyWebhook, type Outcome } from 'sonde/delivery'

/** What the Web API answered. */
export interface ApiAnswer {
  readonly ok: boolean
  /** Slack's word for what is wrong; empty when there is none. */
  readonly error: string
  /** The message that was posted. */
  readonly ts?: string
  readonly channel?: string
}

/** Errors of the moment (https://api.slack.com/methods/chat.postMessage#errors); every other one stays what it is. */
const PASSING: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'accesslimited',
])

/** What an incoming webhook answers: `ok`, and a 200 with any other word is a refusal (`no_service`). */
export function classifyHook(status: number, body: string): Outcome {
  const outcome = classifyWebhook(status)
  if (outcome !== 'delivered') return outcome
  const answer = body.trim()
  if (answer === 'ok' || readAnswer(answer).ok) return 'delivered'
  return PASSING.has(answer) || PASSING.has(readAnswer(answer).error) ? 'retry' : 'permanent'
}

/** What the Web API answers: 200 whatever happens, and in the body what has. */
export function classifyApi(status: number, body: string): Outcome {
  const outcome = classifyWebhook(status)
  if (outcome !== 'delivered') return outcome
  const { ok, error } = readAnswer(body)
  if (ok) return 'delivered'
  // Something between us that answers in Slack's place is not a refusal of Slack.
  return error === '' || PASSING.has(error) ? 'retry' : 'permanent'
}

/** Anything may come; only words of the shape of Slack's are taken. */
export function readAnswer(body: string): ApiAnswer {
  const answer = parse(body)
  const error = word(answer.error, /^[a-z][a-z_]{0,63}$/) ?? ''
  const ts = word(answer.ts, /^\d{1,12}\.\d{1,12}$/)
  const channel = word(answer.channel, /^[A-Z\d]{1,32}$/)
  return { ok: answer.ok === true, error, ...(ts !== undefined && { ts }), ...(channel !== undefined && { channel }) }
}

function parse(body: string): { readonly [key: string]: unknown } {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function word(value: unknown, shape: RegExp): string | undefined {
  return typeof value === 'string' && shape.test(value) ? value : undefined
}
