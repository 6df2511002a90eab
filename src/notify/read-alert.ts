import { createHash } from 'node:crypto'
import { safeText } from '../layers/safe-text.ts'
import { type SafeRecord, type SafeValue, toSafe } from '../layers/to-safe.ts'
import { type Alert, toSeverity } from './alert.ts'

const MAX_TAGS = 32
const MAX_MESSAGE_BYTES = 2_048
const MAX_WORD_BYTES = 256

const LIMITS = { depth: 2, keys: 64, stringBytes: MAX_MESSAGE_BYTES, totalBytes: 16_384 } as const

/** The id of an alert: the same for the same rule and tags, in whatever order, in every process. */
export function alertId(rule: string, tags: { readonly [key: string]: string }): string {
  const sorted = Object.entries(tags).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([rule, sorted]))
    .digest('hex')
    .slice(0, 16)
}

/**
 * Makes an alert of the event `telemetry.alert.firing` or `.resolved`, whoever has emitted it: what is missing gets a
 * value that says nothing, what is too much is cut, known secrets are redacted. Never throws.
 */
export function readAlert(event: string, measurements: object, metadata: object): Alert {
  const numbers = record(toSafe(measurements, LIMITS))
  const words = record(toSafe(metadata, LIMITS))
  const rule = word(words.rule) || 'alert'
  const tags = readTags(words.tags)
  const message = typeof words.message === 'string' ? words.message : ''
  return {
    id: word(words.alert_id) || alertId(rule, tags),
    rule,
    kind: word(words.kind) || 'threshold',
    severity: toSeverity(words.severity),
    status: event.endsWith('.resolved') ? 'resolved' : 'firing',
    message: message || rule,
    tags,
    value: number(numbers.value),
    threshold: number(numbers.threshold),
    unit: word(words.unit) || 'unit',
    occurrences: number(numbers.occurrences, 1),
    suppressed: number(numbers.suppressed),
    ...optional('suppressedFirst', words.suppressed_first),
    ...optional('suppressedLast', words.suppressed_last),
    ...optional('degradationFactor', numbers.degradation_factor),
    reason: word(words.reason) || 'first',
    startedAt: number(words.started_at),
    ...optional('endedAt', words.ended_at),
  }
}

function record(value: SafeValue | undefined): SafeRecord {
  return isRecord(value) ? value : {}
}

function isRecord(value: SafeValue | undefined): value is SafeRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function word(value: SafeValue | undefined): string {
  return typeof value === 'string' ? safeText(value, MAX_WORD_BYTES) : ''
}

function number(value: SafeValue | undefined, otherwise = 0): number {
  return typeof value === 'number' ? value : otherwise
}

function optional<K extends string>(key: K, value: SafeValue | undefined): { readonly [P in K]?: number } {
  // A computed key widens to string, which the type above says better.
  return typeof value === 'number' ? ({ [key]: value } as { readonly [P in K]: number }) : {}
}

function readTags(value: SafeValue | undefined): Alert['tags'] {
  const entries = Object.entries(record(value)).slice(0, MAX_TAGS)
  return Object.fromEntries(entries.map(([key, tag]) => [key, typeof tag === 'string' ? word(tag) : String(tag)]))
}
