import { ExactSum } from './exact-sum.ts'
import { BUCKETS_PER_OCTAVE, bucketOf } from './log-bucket.ts'

/** Buckets a slot may span: 64 octaves, from a nanosecond to 584 years. Values below are counted in the lowest one. */
const MAX_SPAN = 64 * BUCKETS_PER_OCTAVE
/** A slot grows in blocks of this many buckets, and counts each block too, so that a reader can skip to the right one. */
export const BLOCK = 32
const BLOCK_BITS = 5
/** Four times what latencies over four decades need; a larger buffer is not kept for the next use of the slot. */
const KEEP_SPAN = 2_048
const MAX_COUNT = 0xffff_ffff
const NONE = new Uint32Array(0)
const NO_BLOCKS = new Float64Array(0)

/**
 * The values of one slot of a rolling window: counts of the buckets between the lowest and the highest that occurred.
 *
 * Plain fields on one hidden class: `record` is the hottest function of the metrics.
 */
export class WindowSlot {
  counts: Uint32Array = NONE
  /** Sums of `counts` by block. */
  blocks: Float64Array = NO_BLOCKS
  /** The bucket that `counts[0]` counts; a multiple of `BLOCK`. */
  base = 0
  zeros = 0
  count = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY
  /** Σ (value − shift)², with the first value as shift: exact also where the values hardly differ. */
  squares = 0
  shift = 0
  readonly total: ExactSum = new ExactSum()

  /** Records a finite value ≥ 0, `weight` times. False when the sum would overflow; then nothing is recorded. */
  record(value: number, weight: number): boolean {
    if (!this.total.add(value * weight)) return false
    if (this.count === 0) this.shift = value
    const distance = value - this.shift
    this.squares += distance * distance * weight
    this.count += weight
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
    if (value === 0) this.zeros += weight
    else this.addTo(bucketOf(value), weight)
    return true
  }

  /** Counts `weight` values in a bucket. */
  addTo(bucket: number, weight: number): void {
    let offset = bucket - this.base
    if (offset < 0 || offset >= this.counts.length) offset = this.makeRoom(bucket)
    const count = (this.counts[offset] ?? 0) + weight
    this.counts[offset] = Math.min(count, MAX_COUNT)
    const block = offset >>> BLOCK_BITS
    this.blocks[block] = (this.blocks[block] ?? 0) + weight
  }

  /** Widens `counts` to hold `bucket` and returns its offset. What gets too far below the top moves to the lowest bucket. */
  makeRoom(bucket: number): number {
    const { counts, base } = this
    const empty = counts.length === 0
    const start = bucket - (bucket % BLOCK)
    const end = empty ? start + BLOCK : Math.max(base + counts.length, start + BLOCK)
    const wanted = empty ? start : Math.min(base, start)
    const lowest = Math.max(wanted, end - MAX_SPAN)
    if (empty || lowest !== base || end !== base + counts.length) {
      const next = new Uint32Array(end - lowest)
      const cut = Math.max(0, Math.min(counts.length, lowest - base))
      if (cut < counts.length) next.set(counts.subarray(cut), base + cut - lowest)
      for (let i = 0; i < cut; i++) next[0] = Math.min(MAX_COUNT, (next[0] ?? 0) + (counts[i] ?? 0))
      this.counts = next
      this.blocks = blocksOf(next)
      this.base = lowest
    }
    return Math.max(0, bucket - lowest)
  }

  /** Empties the slot for its next turn. */
  reset(): void {
    const large = this.counts.length > KEEP_SPAN
    this.counts = large ? NONE : this.counts.fill(0)
    this.blocks = large ? NO_BLOCKS : this.blocks.fill(0)
    this.zeros = 0
    this.count = 0
    this.min = Number.POSITIVE_INFINITY
    this.max = Number.NEGATIVE_INFINITY
    this.squares = 0
    this.total.reset()
  }
}

function blocksOf(counts: Uint32Array): Float64Array {
  const blocks = new Float64Array(counts.length / BLOCK)
  for (const [i, count] of counts.entries()) blocks[i >>> BLOCK_BITS] = (blocks[i >>> BLOCK_BITS] ?? 0) + count
  return blocks
}
