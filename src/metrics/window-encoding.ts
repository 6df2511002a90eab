import { decodeHdr, encodeHdr } from './hdr-codec.ts'
import { bucketMiddle } from './log-bucket.ts'
import type { EncodedWindow } from './metric-store.ts'
import type { RollingWindow } from './rolling-window.ts'
import { mergeCounts, mergeSlots } from './window-reading.ts'

/** The values of a window at `now`; undefined when it is empty. */
export function encodeWindow(window: RollingWindow, now: number): EncodedWindow | undefined {
  const slots = window.occupied(now)
  if (slots.length === 0) return undefined
  const merged = mergeSlots(slots)
  const { sum, min, max, squares, zeros, base } = merged
  const histograms = encodeHdr({ zeros, base, counts: mergeCounts(slots, merged) })
  return { sum, min, max, squares: Number.isFinite(squares) ? squares : 0, histograms }
}

/**
 * Adds an encoded window to the present slot of another. Returns the number of values, or undefined when it is malformed; then
 * nothing is added. What the encoding says about itself beside its counts is believed only where they allow it.
 */
export function mergeWindow(window: RollingWindow, encoded: EncodedWindow, now: number): number | undefined {
  const buckets: [bucket: number, count: number][] = []
  let [zeros, count, lowest, highest] = [0, 0, Number.POSITIVE_INFINITY, 0]
  for (const text of encoded.histograms) {
    const sound = decodeHdr(text, (bucket, n) => {
      count += n
      if (bucket === 0) zeros += n
      else buckets.push([bucket, n])
      lowest = Math.min(lowest, bucket)
      highest = Math.max(highest, bucket)
    })
    if (!sound) return undefined
  }
  const { sum, squares } = encoded
  if (count === 0 || !(sum >= 0) || !Number.isFinite(sum) || !(squares >= 0)) return undefined

  window.roll(now)
  const slot = window.current
  const [min, max] = [within(encoded.min, lowest), within(encoded.max, highest)]
  if (!slot.merge({ sum, count, zeros, min, max, squares })) return undefined
  for (const [bucket, n] of buckets) slot.addTo(bucket, n)
  return count
}

/** An extreme lies in the bucket it belongs to; the bucket's middle is taken for one that does not. */
function within(extreme: number, bucket: number): number {
  const middle = bucket === 0 ? 0 : bucketMiddle(bucket)
  return Math.abs(extreme - middle) <= middle / 128 ? extreme : middle
}
