import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'

/** One item on disk. */
export interface ItemRecord {
  /** Counts up over all runs that use the directory; it is what a settled item is known by. */
  readonly number: number
  /** When it was accepted, in milliseconds since the epoch. */
  readonly time: number
  readonly id: string
  readonly key: string | undefined
  /** What it counts for in the books. */
  readonly count: number
  readonly body: Uint8Array
}

/** What a file of records says. */
export interface Records {
  readonly items: readonly ItemRecord[]
  /** Numbers of items that need not be delivered any more. */
  readonly settled: readonly number[]
  /** Complete lines that are not what was written. */
  readonly corrupt: number
  /** 1 when the file ends in the middle of a line, as after a crash in the middle of a write. */
  readonly torn: number
}

/**
 * Writes an item as a line: CRC-32 of the rest as 8 hex digits, a space, JSON with the body in base64.
 *
 * A line feed stands before it too, so that a damaged end of one line does not cost the next; and since base64 and JSON
 * hold no line feed, no body can look like a record.
 */
export function encodeItem({ number, time, id, key, count, body }: ItemRecord): string {
  const base64 = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
  return encodeLine({
    n: number,
    t: time,
    id,
    ...(key !== undefined && { k: key }),
    ...(count !== 1 && { c: count }),
    b: base64,
  })
}

/** About as many bytes as `encodeItem` makes of it. */
export function itemLength({ id, key = '', body }: ItemRecord): number {
  return Math.ceil(body.byteLength / 3) * 4 + id.length + key.length + 55
}

/** Writes that items are settled. */
export function encodeSettled(numbers: readonly number[]): string {
  return encodeLine({ d: numbers })
}

/** Reads a file of records, whatever has happened to it: every line that is whole is found. */
export function decodeRecords(bytes: Buffer): Records {
  const items: ItemRecord[] = []
  const settled: number[] = []
  let corrupt = 0
  const lines = bytes.toString('latin1').split('\n')
  const tail = lines.pop() ?? ''
  for (const line of lines) {
    if (line === '') continue
    const record = decodeLine(line)
    if (record === undefined) corrupt++
    else if ('settled' in record) settled.push(...record.settled)
    else items.push(record)
  }
  return { items, settled, corrupt, torn: tail === '' ? 0 : 1 }
}

function encodeLine(value: object): string {
  // Only ASCII is written, so that a character is a byte.
  const json = JSON.stringify(value).replace(/[\x7f-\uffff]/g, unicodeEscape)
  return `\n${crcOf(json)} ${json}\n`
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function crcOf(json: string): string {
  return crc32(json).toString(16).padStart(8, '0')
}

function decodeLine(line: string): ItemRecord | { readonly settled: readonly number[] } | undefined {
  const json = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== crcOf(json)) return undefined
  const value: unknown = parse(json)
  if (typeof value !== 'object' || value === null) return undefined
  if ('d' in value) return Array.isArray(value.d) ? { settled: value.d.filter(isCount) } : undefined
  if (!('n' in value && 't' in value && 'id' in value && 'b' in value)) return undefined
  const { n: number, t: time, id, b } = value
  const key = 'k' in value ? value.k : undefined
  const count = 'c' in value ? value.c : 1
  const sound =
    isCount(number) && isCount(count) && typeof time === 'number' && typeof id === 'string' && typeof b === 'string'
  if (!sound || (key !== undefined && typeof key !== 'string')) return undefined
  return { number, time, id, key, count, body: Buffer.from(b, 'base64') }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0
}
