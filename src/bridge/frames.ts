/** Of one frame: 16 MiB. */
export const MAX_FRAME_BYTES: number = 16 * 2 ** 20

const HEADER_BYTES = 4

/** A text on its way to a worker: its length in UTF-8 as four bytes, the highest first, and then itself. Throws `RangeError` for one that is too long. */
export function encodeFrame(text: string): Buffer {
  const length = Buffer.byteLength(text)
  if (length > MAX_FRAME_BYTES) throw new RangeError(`a frame of ${length} bytes; ${MAX_FRAME_BYTES} at most`)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  frame.writeUInt32BE(length)
  frame.write(text, HEADER_BYTES)
  return frame
}

export interface FrameReader {
  /** Takes what has come, in pieces of any size. */
  push(chunk: Uint8Array): void
}

export interface FrameReaderOptions {
  onFrame(text: string): void
  /** Called once: where a frame ends is not known any more, so nothing is read after it. */
  onGarbage(problem: string): void
}

/** Cuts a stream of bytes into the texts of its frames. A length is looked at before any room is made for it. */
export function createFrameReader({ onFrame, onGarbage }: FrameReaderOptions): FrameReader {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let chunks: Uint8Array[] = []
  let waiting = 0
  /** Of the frame that is coming; undefined while its header is. */
  let length: number | undefined
  let isBroken = false

  /** The first bytes of what waits; the pieces are put together once for each frame. */
  function take(count: number): Buffer {
    const all = chunks.length === 1 ? Buffer.from(chunks[0] ?? []) : Buffer.concat(chunks)
    chunks = all.length > count ? [all.subarray(count)] : []
    waiting -= count
    return all.subarray(0, count)
  }

  function fail(problem: string): void {
    isBroken = true
    chunks = []
    onGarbage(problem)
  }

  function next(): boolean {
    if (length === undefined) {
      if (waiting < HEADER_BYTES) return false
      length = take(HEADER_BYTES).readUInt32BE()
      if (length > MAX_FRAME_BYTES) fail(`a frame of ${length} bytes`)
      return !isBroken
    }
    if (waiting < length) return false
    const bytes = take(length)
    length = undefined
    let text: string
    try {
      text = decoder.decode(bytes)
    } catch {
      fail('a frame that is not UTF-8')
      return false
    }
    onFrame(text)
    return true
  }

  return {
    push(chunk) {
      if (isBroken || chunk.length === 0) return
      chunks.push(chunk)
      waiting += chunk.length
      while (!isBroken && next());
    },
  }
}
