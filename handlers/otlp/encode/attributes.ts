import type { SafeValue } from 'sonde'
import type { AnyValue, KeyValue } from './message.ts'

/** Plain data as attributes; keys whose value is undefined are left out. */
export function toAttributes(record: { readonly [key: string]: SafeValue | undefined }): KeyValue[] {
  return Object.entries(record).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: toAnyValue(value) }],
  )
}

/** Plain data as OTLP knows it. A whole number that a double holds exactly is an integer. */
export function toAnyValue(value: SafeValue): AnyValue {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (isList(value)) return { arrayValue: { values: value.map(toAnyValue) } }
  return { kvlistValue: { values: toAttributes(value) } }
}

function isList(value: SafeValue): value is readonly SafeValue[] {
  return Array.isArray(value)
}
