import type { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'

/** What stands in a file of state. */
export interface Envelope {
  /** Of the content, as its owner numbers it. */
  readonly version: number
  /** When it was written, in milliseconds since the epoch. */
  readonly savedAt: number
  readonly data: unknown
}

/** `{"crc":"` and 8 hex digits and `",`. */
const HEAD_LENGTH = 18

/**
 * One line of JSON: `{"crc":"0badcafe","version":1,"saved_at":1700000000000,"data":…}`. The CRC-32 is that of the bytes behind
 * its comma up to the end, so that a flipped byte is noticed in whatever field it is. Throws what JSON cannot hold.
 */
export function encodeEnvelope({ version, savedAt, data }: Envelope): string {
  const text = JSON.stringify(data)
  if (text === undefined) throw new TypeError('a state must be JSON')
  const body = `"version":${version},"saved_at":${Math.round(savedAt)},"data":${text}}\n`
  return `${headOf(body)}${body}`
}

/** Undefined for everything that `encodeEnvelope` has not written. */
export function decodeEnvelope(bytes: Buffer): Envelope | undefined {
  const body = bytes.subarray(HEAD_LENGTH)
  if (bytes.toString('latin1', 0, HEAD_LENGTH) !== headOf(body)) return undefined
  try {
    const { version, saved_at: savedAt, data } = JSON.parse(bytes.toString('utf8'))
    return { version, savedAt, data }
  } catch {
    // A checksum keeps nobody from writing what is no envelope.
    return undefined
  }
}

function headOf(body: string | Buffer): string {
  return `{"crc":"${crc32(body).toString(16).padStart(8, '0')}",`
}
