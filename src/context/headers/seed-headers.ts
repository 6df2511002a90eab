import { type Baggage, type BaggageEntry, SAMPLED } from '../context.ts'
import { isSpanId, isTraceId } from '../ids.ts'
import { formatBaggage, type ReadBaggage, TOKEN, withinLimits } from './baggage-header.ts'
import { percentDecode } from './percent.ts'

/** Lower-case letters of RFC 4648 §7. */
const BASE32HEX = '0123456789abcdefghijklmnopqrstuv'
const BASE32HEX_ID = /^(?:[0-9a-v]{26}|[0-9a-v]{13})$/

/** A comma that ends a member: DSPex leaves those within values as they are. */
const BETWEEN_MEMBERS = new RegExp(`,(?=${TOKEN}=)`)
const MEMBER = new RegExp(`^(${TOKEN})=([\\x20-\\x7e]*)$`)

const FLAG = /^[a-z_]{1,32}=(?:true|false)$/

/** The trace id of an `x-trace-id`: hex, or DSPex's base32hex without padding; undefined when it is neither. */
export function parseSeedTraceId(text: string): string | undefined {
  const id = hexOf(text)
  return isTraceId(id) ? id : undefined
}

/** The span id of an `x-span-id`: hex, or DSPex's base32hex without padding; undefined when it is neither. */
export function parseSeedSpanId(text: string): string | undefined {
  const id = hexOf(text)
  return isSpanId(id) ? id : undefined
}

/** The flags of an `x-trace-flags`: DSPex's `sampled=true,…`, or the hex of `traceparent`; undefined when it is neither. */
export function parseSeedFlags(text: string): number | undefined {
  if (/^0?[0-3]$/.test(text)) return Number(text)
  const flags = text.split(',')
  if (!flags.every((flag) => FLAG.test(flag))) return undefined
  return flags.includes('sampled=true') ? SAMPLED : 0
}

/** Writes flags as DSPex reads them. */
export function formatSeedFlags(traceFlags: number): string {
  return `sampled=${(traceFlags & SAMPLED) !== 0}`
}

/** The baggage of an `x-trace-baggage`: `key=value` with percent escapes, in which `,` and `=` may stand as they are. */
export function parseSeedBaggage(text: string): ReadBaggage {
  const entries = new Map<string, BaggageEntry>()
  const members = text === '' ? [] : text.split(BETWEEN_MEMBERS)
  for (const member of members) {
    const [, key, value = ''] = MEMBER.exec(member) ?? []
    if (key !== undefined) entries.set(key, { value: percentDecode(value), properties: '' })
  }
  return withinLimits(entries, entries.size < members.length ? 'malformed' : undefined)
}

/** Writes baggage as DSPex reads it: without properties, which it would take for a part of the value. */
export function formatSeedBaggage(baggage: Baggage): string {
  return formatBaggage(new Map([...baggage].map(([key, { value }]) => [key, { value, properties: '' }])))
}

function hexOf(text: string): string {
  if (!BASE32HEX_ID.test(text)) return text
  let bits = 0n
  for (const letter of text) bits = bits * 32n + BigInt(BASE32HEX.indexOf(letter))
  // 26 letters hold 130 bits, 13 hold 65: those beyond the id are zero.
  const rest = BigInt(text.length / 13)
  return bits % (1n << rest) === 0n ? (bits >> rest).toString(16).padStart(text.length === 26 ? 32 : 16, '0') : text
}
