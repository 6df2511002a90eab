import * as hdr from 'hdr-histogram-js'
import { BUCKETS_PER_OCTAVE, bucketOf } from './log-bucket.ts'

/** HdrHistogram's V2 format, cookie and word size (HdrHistogram, AbstractHistogram.java, `V2EncodingCookieBase`). */
const COOKIE = 0x1c849303
const COMPRESSED_COOKIE = 0x1c849304
const WORD_SIZE = 0x10
const HEADER_BYTES = 40
const SIGNIFICANT_DIGITS = 2
/** Exponents of integers that two significant digits cut in 128 parts and a double holds exactly. */
const LOWEST_EXPONENT = 7
const HIGHEST_EXPONENT = 52
const EXPONENT_BIAS = 1_023
/** Index of the first bucket of an octave in the format, for exponent 7. */
const FIRST_INDEX = 128
/** A window of 64 octaves takes 40 KiB at most; whatever is longer is not one. */
const MAX_LENGTH = 65_536

/** Counts of buckets from `base` on, as `log-bucket.ts` numbers them, and of zeros. */
export interface BucketCounts {
  readonly zeros: number
  readonly base: number
  readonly counts: ArrayLike<number>
}

/**
 * Writes counts as HdrHistogram V2, uncompressed, in base64. Values are scaled by a power of two, which stands in the header
 * as the conversion ratio, so that their buckets are exactly those of the format: nothing is lost. Integers from 128 to 2^53
 * are not scaled. A range of more than 46 octaves is written in several.
 */
export function encodeHdr({ zeros, base, counts }: BucketCounts): string[] {
  const occupied: number[] = []
  for (let i = 0; i < counts.length; i++) if ((counts[i] ?? 0) > 0) occupied.push(base + i)
  const encoded: string[] = []
  let from = 0
  do {
    const lowest = exponentOf(occupied[from] ?? bucketOf(128))
    const highest = exponentOf(occupied.at(-1) ?? bucketOf(128))
    const shift = lowest >= LOWEST_EXPONENT && highest <= HIGHEST_EXPONENT ? 0 : LOWEST_EXPONENT - lowest
    let to = from
    while (to < occupied.length && exponentOf(occupied[to] ?? 0) + shift <= HIGHEST_EXPONENT) to++
    const writer = createWriter(shift, Math.min(highest + shift, HIGHEST_EXPONENT))
    let next = 1
    writer.count(encoded.length === 0 ? zeros : 0)
    for (const bucket of occupied.slice(from, to)) {
      const index = indexOf(bucket, shift)
      writer.skip(index - next)
      writer.count(counts[bucket - base] ?? 0)
      next = index + 1
    }
    encoded.push(writer.finish())
    from = to
  } while (from < occupied.length)
  return encoded
}

/**
 * Reads an encoding of ours, or a compressed one as hdr-histogram-js and the Java library write it, and calls `add` for every
 * bucket; bucket 0 stands for zeros. False, after any number of calls, when the text is no such encoding.
 */
export function decodeHdr(text: string, add: (bucket: number, count: number) => void): boolean {
  if (text.length > MAX_LENGTH) return false
  try {
    const bytes = fromBase64(text)
    const view = new DataView(bytes.buffer)
    const cookie = view.getInt32(0) & ~0xf0
    if (cookie === COMPRESSED_COOKIE) return decodeCompressed(text, add)
    if (cookie !== COOKIE || view.getInt32(12) !== SIGNIFICANT_DIGITS || view.getBigInt64(16) !== 1n) return false
    const shift = -Math.log2(view.getFloat64(32))
    return Number.isInteger(shift) && readCounts(bytes, HEADER_BYTES + view.getInt32(4), shift, add)
  } catch {
    return false
  }
}

function exponentOf(bucket: number): number {
  return Math.floor(bucket / BUCKETS_PER_OCTAVE) - EXPONENT_BIAS
}

function indexOf(bucket: number, shift: number): number {
  return bucket + (shift - EXPONENT_BIAS - LOWEST_EXPONENT) * BUCKETS_PER_OCTAVE + FIRST_INDEX
}

/** Appends counts in the ZigZag LEB128 of the format, in which a negative number is a run of zeros. */
function createWriter(shift: number, highestExponent: number) {
  const bytes: number[] = []
  const append = (zigzag: number) => {
    let rest = zigzag
    while (rest >= 0x80) {
      bytes.push((rest % 0x80) + 0x80)
      rest = Math.floor(rest / 0x80)
    }
    bytes.push(rest)
  }
  return {
    count: (n: number) => append(n * 2),
    skip(n: number) {
      if (n > 0) append(n * 2 - 1)
    },
    finish(): string {
      const all = new Uint8Array(HEADER_BYTES + bytes.length)
      const view = new DataView(all.buffer)
      view.setInt32(0, COOKIE | WORD_SIZE)
      view.setInt32(4, bytes.length)
      view.setInt32(12, SIGNIFICANT_DIGITS)
      view.setBigInt64(16, 1n)
      view.setBigInt64(24, BigInt(2 ** Math.max(8, highestExponent + 1)) - 1n)
      view.setFloat64(32, 2 ** -shift)
      all.set(bytes, HEADER_BYTES)
      return toBase64(all)
    },
  }
}

function readCounts(
  bytes: Uint8Array,
  end: number,
  shift: number,
  add: (bucket: number, count: number) => void,
): boolean {
  if (end > bytes.length) return false
  let index = 0
  let position = HEADER_BYTES
  while (position < end) {
    let zigzag = 0
    let place = 1
    let byte = 0x80
    while (byte >= 0x80 && position < end) {
      byte = bytes[position++] ?? 0
      zigzag += (byte % 0x80) * place
      place *= 0x80
    }
    if (zigzag % 2 === 1) {
      index += (zigzag + 1) / 2
      continue
    }
    if (zigzag > 0) add(bucketAt(index, shift), zigzag / 2)
    index++
  }
  return true
}

/** Below the first full octave the format counts single integers. */
function bucketAt(index: number, shift: number): number {
  if (index === 0) return 0
  return index < FIRST_INDEX ? bucketOf(index * 2 ** -shift) : index - indexOf(0, shift)
}

/** Their values have to be asked for one by one, because the number of digits and the unit may be others. */
function decodeCompressed(text: string, add: (bucket: number, count: number) => void): boolean {
  const histogram = hdr.decodeFromCompressedBase64(text, 64)
  if (!(histogram instanceof hdr.JsHistogram)) return false
  const { recordedValuesIterator: values } = histogram
  values.reset()
  while (values.hasNext()) {
    const { valueIteratedTo, countAddedInThisIterationStep } = values.next()
    const value = histogram.medianEquivalentValue(valueIteratedTo)
    add(value > 0 ? bucketOf(value) : 0, countAddedInThisIterationStep)
  }
  return true
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
