import { Buffer } from 'node:buffer'
import { type RootMessage, schema } from './schema.ts'

/** A message as it was read: 64-bit integers as numbers, a nested message as another one, repeated fields as arrays. */
export interface ReadMessage {
  readonly [field: string]: unknown
}

/**
 * Reads a message of the schema from protobuf. Unknown fields are skipped. Throws a `RangeError` for what is no such message:
 * truncated, of another type, or with a group, which proto3 does not have.
 */
export function decodeMessage(name: RootMessage, bytes: Uint8Array): ReadMessage {
  return decode(name, bytes)
}

function decode(name: string, bytes: Uint8Array): ReadMessage {
  const byNumber = new Map(
    Object.entries(schema[name] ?? {}).map(([field, [number, type]]) => [number, { field, type }]),
  )
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read: { [field: string]: unknown } = {}
  let at = 0

  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = buffer.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new RangeError('a varint has more than ten bytes')
  }
  const take = (length: number): Buffer => {
    if (at + length > buffer.length) throw new RangeError('the message is truncated')
    at += length
    return buffer.subarray(at - length, at)
  }

  while (at < buffer.length) {
    const key = Number(varint())
    const wire = key & 7
    const value = wire === 0 ? varint() : take(lengthOf(wire, varint))
    const known = byNumber.get(key >>> 3)
    if (known === undefined) continue
    const { field, type } = known
    if (!type.endsWith('[]')) read[field] = convert(type, value)
    else read[field] = [...listOf(read[field]), convert(type.slice(0, -2), value)]
  }
  return read
}

function lengthOf(wire: number, varint: () => bigint): number {
  if (wire === 1) return 8
  if (wire === 5) return 4
  if (wire !== 2) throw new RangeError(`there is no wire type ${wire}`)
  return Number(varint())
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function convert(type: string, value: bigint | Buffer): unknown {
  if (typeof value === 'bigint') {
    if (type === 'int64') return Number(BigInt.asIntN(64, value))
    if (type === 'uint32') return Number(value)
  } else {
    if (type === 'string') return value.toString('utf8')
    if (type === 'bytes') return value
    if (Object.hasOwn(schema, type)) return decode(type, value)
  }
  throw new RangeError(`a field of type ${type} has another wire type`)
}
