import { Buffer } from 'node:buffer'
import { type FieldType, type RootMessage, schema } from './schema.ts'

/** A field made ready: its key (number and wire type) and how to write what stands behind it. */
interface WritableField {
  readonly name: string
  readonly key: number
  readonly repeated: boolean
  write(writer: Writer, value: unknown): void
}

const WIRE_BYTES = 2
const WIRE_TYPES: { readonly [type: string]: number } = {
  bool: 0,
  uint32: 0,
  sint32: 0,
  int64: 0,
  uint64: 0,
  fixed64: 1,
  double: 1,
}

const ready = new Map<string, readonly WritableField[]>()

/** Writes a message of the schema in protobuf. Fields that are undefined are left out; unknown ones are not looked at. */
export function encodeMessage(name: RootMessage, message: object): Uint8Array {
  const writer = new Writer()
  writeMessage(writer, fieldsOf(name), message)
  return writer.finish()
}

/**
 * Writes from the end to the beginning: the length that stands before a nested message is then known when its turn comes,
 * without measuring first.
 *
 * A class with plain fields, because this runs per number.
 */
class Writer {
  buffer: Buffer = Buffer.allocUnsafe(4_096)
  /** Where the written part begins. */
  start = 4_096

  /** Makes room for so many bytes and returns where they begin. `buffer` may be another one afterwards. */
  reserve(bytes: number): number {
    if (bytes > this.start) {
      const written = this.written
      const size = Math.max(this.buffer.length * 2, written + bytes)
      const larger = Buffer.allocUnsafe(size)
      this.buffer.copy(larger, size - written, this.start)
      this.buffer = larger
      this.start = size - written
    }
    this.start -= bytes
    return this.start
  }

  get written(): number {
    return this.buffer.length - this.start
  }

  varint(value: number): void {
    if (value >= 0x80) {
      this.longVarint(BigInt(value))
      return
    }
    const at = this.reserve(1)
    this.buffer[at] = value
  }

  longVarint(value: bigint): void {
    const bytes: number[] = []
    for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
      const more = rest > 0x7fn
      bytes.push(Number(rest & 0x7fn) | (more ? 0x80 : 0))
      if (!more) break
    }
    const at = this.reserve(bytes.length)
    this.buffer.set(bytes, at)
  }

  finish(): Uint8Array {
    return this.buffer.subarray(this.start)
  }
}

const SCALARS: { readonly [type in FieldType]: (writer: Writer, value: unknown) => void } = {
  string(writer, value) {
    const text = String(value)
    const length = Buffer.byteLength(text)
    const at = writer.reserve(length)
    writer.buffer.write(text, at, length)
    writer.varint(length)
  },
  hex(writer, value) {
    const bytes = Buffer.from(String(value), 'hex')
    const at = writer.reserve(bytes.length)
    writer.buffer.set(bytes, at)
    writer.varint(bytes.length)
  },
  bytes() {
    throw new TypeError('bytes are only read')
  },
  bool: (writer, value) => writer.varint(value === true ? 1 : 0),
  uint32: (writer, value) => writer.varint(Number(value)),
  // Zigzag: small numbers stay short on both sides of zero.
  sint32: (writer, value) => writer.varint(Number(value) >= 0 ? 2 * Number(value) : -2 * Number(value) - 1),
  int64: (writer, value) => writer.longVarint(BigInt(String(value))),
  uint64: (writer, value) => writer.longVarint(BigInt(String(value))),
  fixed64(writer, value) {
    const at = writer.reserve(8)
    const text = String(value)
    // Up to 15 digits a double is exact, and most are counts.
    if (text.length > 15) writer.buffer.writeBigUInt64LE(BigInt(text), at)
    else {
      writer.buffer.writeUInt32LE(Number(text) % 2 ** 32, at)
      writer.buffer.writeUInt32LE(Math.floor(Number(text) / 2 ** 32), at + 4)
    }
  },
  double(writer, value) {
    const at = writer.reserve(8)
    writer.buffer.writeDoubleLE(Number(value), at)
  },
}

function fieldsOf(name: string): readonly WritableField[] {
  const known = ready.get(name)
  if (known !== undefined) return known
  // The last field first, as it is written.
  const fields = Object.entries(schema[name] ?? {}).map(([field, [number, type]]) => toWritable(field, number, type))
  ready.set(name, fields.reverse())
  return fields
}

function toWritable(name: string, number: number, typeText: string): WritableField {
  const type = typeText.replace('[]', '')
  const repeated = type !== typeText
  const wire = WIRE_TYPES[type]
  const key = (number << 3) | (wire === undefined || repeated ? WIRE_BYTES : wire)
  if (Object.hasOwn(schema, type)) {
    return { name, key, repeated, write: (writer, value) => writeNested(writer, type, value) }
  }
  // The cast: what is no message is a scalar; the test of the schema checks that.
  const scalar = SCALARS[type as FieldType]
  if (!repeated) return { name, key, repeated, write: scalar }
  return { name, key, repeated: false, write: (writer, values) => writePacked(writer, scalar, values) }
}

function writeMessage(writer: Writer, fields: readonly WritableField[], message: object): void {
  // The cast: any object may be read by key, and a copy of each would take half of the time.
  const values = message as { readonly [field: string]: unknown }
  for (const { name, key, repeated, write } of fields) {
    const value = values[name]
    // An empty list is written as none.
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    const items = repeated && Array.isArray(value) ? value : [value]
    for (let i = items.length - 1; i >= 0; i--) {
      write(writer, items[i])
      writer.varint(key)
    }
  }
}

function writeNested(writer: Writer, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw new TypeError(`a ${name} must be an object`)
  const before = writer.written
  writeMessage(writer, fieldsOf(name), value)
  writer.varint(writer.written - before)
}

function writePacked(writer: Writer, scalar: (writer: Writer, value: unknown) => void, values: unknown): void {
  if (!Array.isArray(values)) throw new TypeError('a repeated field must be an array')
  const before = writer.written
  for (let i = values.length - 1; i >= 0; i--) scalar(writer, values[i])
  writer.varint(writer.written - before)
}
