import { createHash } from 'node:crypto'
import { safeText } from '../layers/safe-text.ts'
import { toSafe } from '../layers/to-safe.ts'
import { type Alert, toSeverity } from './alert.ts'

const MAX_TAGS = 32
const MAX_MESSAGE_BYTES = 2_048
const MAX_WORD_BYTES = 256
const TAG_LIMITS = { depth: 1, keys: MAX_TAGS + 1, stringBytes: MAX_WORD_BYTES, totalBytes: 16_384 } as const

/** The last moment that a `Date` can hold, in milliseconds (ECMA-262, 21.4.1.1). */
const LAST_TIME = 8.64e15

/** An id made by `alertId`. One of digits only looks like the number of a card, and would be redacted. */
const OWN_ID = /^[\da-f]{16}$/

/** The id of an alert: the same for the same rule and tags, in whatever order, in every process. */
export function alertId(rule: string, tags: { readonly [key: string]: string }): string {
  const sorted = Object.entries(tags).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([rule, sorted]))
    .digest('hex')
    .slice(0, 16)
}

/**
 * Makes an alert of the event `telemetry.alert.firing`, `.resolved` or `.acknowledged`, whoever has emitted it: what is missing gets a
 * value that says nothing, what is too much is cut, known secrets are redacted, other keys are not looked at. Never throws.
 *
 * An alert that is acknowledged still fires; its `reason` is `acknowledged`.
 */
export function readAlert(event: string, measurements: object, metadata: object): Alert {
  const rule = word(own(metadata, 'rule')) || 'alert'
  const tags = readTags(own(metadata, 'tags'))
  const id = own(metadata, 'alert_id')
  const message = own(metadata, 'message')
  return {
    id: (typeof id === 'string' && OWN_ID.test(id) ? id : word(id)) || alertId(rule, tags),
    rule,
    kind: word(own(metadata, 'kind')) || 'threshold',
    severity: toSeverity(own(metadata, 'severity')),
    status: event.endsWith('.resolved') ? 'resolved' : 'firing',
    message: (typeof message === 'string' && safeText(message, MAX_MESSAGE_BYTES)) || rule,
    tags,
    value: number(own(measurements, 'value')) ?? 0,
    threshold: number(own(measurements, 'threshold')) ?? 0,
    unit: word(own(metadata, 'unit')) || 'unit',
    occurrences: number(own(measurements, 'occurrences')) ?? 1,
    suppressed: number(own(measurements, 'suppressed')) ?? 0,
    ...optional('suppressedFirst', time(own(metadata, 'suppressed_first'))),
    ...optional('suppressedLast', time(own(metadata, 'suppressed_last'))),
    ...optional('degradationFactor', number(own(measurements, 'degradation_factor'))),
    reason: event.endsWith('.acknowledged') ? 'acknowledged' : word(own(metadata, 'reason')) || 'first',
    startedAt: time(own(metadata, 'started_at')) ?? 0,
    ...optional('endedAt', time(own(metadata, 'ended_at'))),
  }
}

/** The value of a property, without running a getter; undefined where there is none, or where a proxy has something against it. */
function own(value: object, key: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(value, key)?.value
  } catch {
    return undefined
  }
}

function word(value: unknown): string {
  return typeof value === 'string' ? safeText(value, MAX_WORD_BYTES) : ''
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function time(value: unknown): number | undefined {
  return typeof value === 'number' && Math.abs(value) <= LAST_TIME ? value : undefined
}

function optional<K extends string>(key: K, value: number | undefined): { readonly [P in K]?: number } {
  // A computed key widens to string, which the type above says better.
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: number })
}

function readTags(value: unknown): Alert['tags'] {
  const safe = toSafe(value, TAG_LIMITS)
  if (typeof safe !== 'object' || safe === null || Array.isArray(safe)) return {}
  const entries = Object.entries(safe).slice(0, MAX_TAGS)
  return Object.fromEntries(entries.map(([key, tag]) => [key, word(String(tag))]))
}
