import { fromWire } from '../../wire/decode-value.ts'
import { toWire } from '../../wire/encode-value.ts'
import type { ValueKind } from '../../wire/tags.ts'
import { type ExitReason, formatReason } from '../exit-reason.ts'
import { Pid } from '../pid.ts'

/** What systems of different nodes say to each other. `to` is a pid or a name; `ref` is a number of whoever asks. */
export type RemoteRequest =
  | { readonly op: 'send'; readonly to: Pid | string; readonly from?: Pid; readonly message: unknown }
  | { readonly op: 'cast'; readonly to: Pid | string; readonly from?: Pid; readonly message: unknown }
  | {
      readonly op: 'call'
      readonly ref: number
      readonly to: Pid | string
      readonly from?: Pid
      readonly message: unknown
      readonly timeoutMs: number
    }
  | { readonly op: 'monitor'; readonly ref: number; readonly to: Pid | string }
  /** Nobody waits any more for the call, or the monitor, of that number. */
  | { readonly op: 'cancel'; readonly ref: number }
  | { readonly op: 'exit'; readonly to: Pid; readonly from: Pid; readonly reason: ExitReason }
  | { readonly op: 'link'; readonly to: Pid; readonly from: Pid }
  | { readonly op: 'unlink'; readonly to: Pid; readonly from: Pid }
  /** One end of a link has ended. */
  | { readonly op: 'linked_exit'; readonly to: Pid; readonly from: Pid; readonly reason: ExitReason }
  | { readonly op: 'reply'; readonly ref: number; readonly message: unknown }
  | {
      readonly op: 'fail'
      readonly ref: number
      readonly failure: 'noproc' | 'mailbox_full' | 'exit' | 'not_serializable'
      readonly reason?: ExitReason
    }
  | { readonly op: 'down'; readonly ref: number; readonly pid?: Pid; readonly reason: ExitReason }

/** Throws `WireError` for a message that cannot cross. A reason that cannot is told in words. */
export function writeRequest(request: RemoteRequest, kinds: readonly ValueKind[]): unknown {
  return toWire('reason' in request ? { ...request, reason: plainReason(request.reason, kinds) } : request, kinds)
}

/** Throws for what no system has sent. */
export function readRequest(body: unknown, kinds: readonly ValueKind[]): RemoteRequest {
  const request = fromWire(body, kinds)
  if (typeof request !== 'object' || request === null || !('op' in request) || typeof request.op !== 'string')
    throw new TypeError('not a request')
  const checks = CHECKS[request.op]
  if (checks === undefined) throw new TypeError(`nothing is known of '${request.op.slice(0, 100)}'`)
  for (const [key, isRight] of Object.entries(checks))
    if (!isRight(Reflect.get(request, key))) throw new TypeError(`${request.op}: '${key}' is wrong`)
  // The cast: every key has been looked at.
  return request as RemoteRequest
}

type Check = (value: unknown) => boolean

const isPid: Check = (value) => value instanceof Pid
const isTarget: Check = (value) => isPid(value) || typeof value === 'string'
const isRef: Check = (value) => Number.isSafeInteger(value)
const isAnything: Check = () => true
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const isReason: Check = (value) =>
  (typeof value === 'string' && REASONS.has(value)) ||
  (typeof value === 'object' && value !== null && ('shutdown' in value || 'panic' in value || 'custom' in value))
const isFailure: Check = (value) =>
  value === 'noproc' || value === 'mailbox_full' || value === 'exit' || value === 'not_serializable'

const REASONS = new Set(['normal', 'shutdown', 'kill', 'killed', 'noproc', 'noconnection'])
const MESSAGE = { to: isTarget, from: optional(isPid), message: isAnything }
const PAIR = { to: isPid, from: isPid }

const CHECKS: { readonly [op: string]: { readonly [key: string]: Check } } = Object.assign(Object.create(null), {
  send: MESSAGE,
  cast: MESSAGE,
  call: { ...MESSAGE, ref: isRef, timeoutMs: (value: unknown) => typeof value === 'number' && value >= 0 },
  monitor: { ref: isRef, to: isTarget },
  cancel: { ref: isRef },
  exit: { ...PAIR, reason: isReason },
  linked_exit: { ...PAIR, reason: isReason },
  link: PAIR,
  unlink: PAIR,
  reply: { ref: isRef, message: isAnything },
  fail: { ref: isRef, failure: isFailure, reason: optional(isReason) },
  down: { ref: isRef, pid: optional(isPid), reason: isReason },
})

function plainReason(reason: ExitReason | undefined, kinds: readonly ValueKind[]): unknown {
  if (typeof reason !== 'object') return reason
  try {
    return toWire(reason, kinds)
  } catch {
    const [kind = 'custom'] = Object.keys(reason)
    return { [kind]: formatReason(reason).replace(/^\w+: /, '') }
  }
}
