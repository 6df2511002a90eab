import { safeText } from '../layers/safe-text.ts'
import { fromWire } from '../wire/decode-value.ts'
import type { PythonError } from './bridge-error.ts'

/** Of what is said on the channels; a worker of another one is refused. */
export const PROTOCOL_VERSION = 1

/** Bytes of what an exception says of itself. */
const MAX_TEXT = 8_192

/** What a worker says on the channel of calls. Anything else is `undefined`: it does not speak this protocol. */
export type WorkerMessage =
  | {
      readonly kind: 'ready'
      readonly token: unknown
      readonly osPid: number
      readonly python: string
      /** Name → module. */
      readonly functions: ReadonlyMap<string, string>
    }
  | { readonly kind: 'failed'; readonly version: unknown; readonly error: PythonError }
  | { readonly kind: 'ok'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: string; readonly error: PythonError }

/** Reads one; a result that cannot be decoded throws `WireError`. */
export function readMessage(text: string): WorkerMessage | undefined {
  const message = parse(text)
  if (message === undefined) return undefined
  const { t, id } = message
  if (t === 'ready') return readReady(message)
  if (t === 'failed') return { kind: 'failed', version: message['version'], error: readError(message['error']) }
  if (typeof id !== 'number') return undefined
  if (t === 'ok') return { kind: 'ok', id, value: message['v'] }
  const { kind } = message
  return t === 'error' && typeof kind === 'string'
    ? { kind: 'error', id, code: kind, error: readError(message) }
    : undefined
}

/** A result as it is here. */
export function readResult(value: unknown): unknown {
  return fromWire(value)
}

/** What a worker says beside the calls. */
export interface ControlMessage {
  readonly kind: string
  /** Bytes of memory; 0 where that is not known. */
  readonly rss: number
  readonly items: unknown
  readonly rules: unknown
}

export function readControl(text: string): ControlMessage | undefined {
  const message = parse(text)
  if (message === undefined || typeof message['t'] !== 'string') return undefined
  const { t, rss, items, rules } = message
  return { kind: t, items, rules, rss: typeof rss === 'number' && rss > 0 ? rss : 0 }
}

function readReady(message: Record<string, unknown>): WorkerMessage | undefined {
  const { version, token, pid, python, functions } = message
  if (version !== PROTOCOL_VERSION || typeof pid !== 'number' || typeof python !== 'string') return undefined
  const names = Object.entries(isRecord(functions) ? functions : {})
  return {
    kind: 'ready',
    token,
    osPid: pid,
    python,
    functions: new Map(names.map(([name, module]) => [name, String(module)])),
  }
}

function readError(value: unknown): PythonError {
  const { error_type, error_message, traceback } = isRecord(value) ? value : {}
  return { type: textOf(error_type), message: textOf(error_message), traceback: textOf(traceback) }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isRecord(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? safeText(value, MAX_TEXT) : ''
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
