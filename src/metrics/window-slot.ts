import { type Cells, makeCells } from './cells.ts'
import { addExactly, exactSum } from './exact-sum.ts'
import { BUCKETS_PER_OCTAVE, bucketOf } from './log-bucket.ts'

/** Buckets a slot may span: 64 octaves, from a nanosecond to 584 years. Values below are counted in the lowest one. */
const MAX_SPAN = 64 * BUCKETS_PER_OCTAVE
/** A slot grows in blocks of this many buckets, and counts each block too, so that a reader can skip to the right one. */
export const BLOCK = 32
/** Four times what latencies over four decades need; a larger buffer is not kept for the next use of the slot. */
const KEEP_SPAN = 2_048
const MAX_COUNT = 0xffff_ffff
const NONE = new Uint32Array(0)
const NO_BLOCKS = new Float64Array(0)

/**
 * The values of one slot of a rolling window: counts of the buckets between the lowest and the highest that occurred.
 *
 * `record` is the hottest function of the metrics: plain fields on one hidden class, and every number that changes with a
 * record is in typed cells, side by side and never boxed.
 */
export class WindowSlot {
  counts: Uint32Array = NONE
  /** Sums of `counts` by block. */
  blocks: Float64Array = NO_BLOCKS
  /** The bucket that `counts[0]` counts; a multiple of `BLOCK`. */
  base = 0
  /** Sum, its correction, count, min, max, squares, shift, zeros: by literal index, for the reason in cells.ts. */
  readonly cells: Cells = makeCells()

  constructor() {
    this.clear()
  }

  get count(): number {
    return this.cells[2]
  }

  get sum(): number {
    return exactSum(this.cells)
  }

  get min(): number {
    return this.cells[3]
  }

  get max(): number {
    return this.cells[4]
  }

  /** How many values are 0; they have no bucket. */
  get zeros(): number {
    return this.cells[7]
  }

  /** Σ (value − shift)², with the first value as shift: exact also where the values hardly differ. */
  get squares(): number {
    return this.cells[5]
  }

  get shift(): number {
    return this.cells[6]
  }

  /** Records a finite value ≥ 0, `weight` times. False when the sum would overflow; then nothing is recorded. */
  record(value: number, weight: number): boolean {
    const { cells } = this
    if (!addExactly(cells, value * weight)) return false
    const count = cells[2]
    if (count === 0) cells[6] = value
    cells[2] = count + weight
    const distance = value - cells[6]
    cells[5] += distance * distance * weight
    if (value < cells[3]) cells[3] = value
    if (value > cells[4]) cells[4] = value
    if (value === 0) cells[7] += weight
    else this.addTo(bucketOf(value), weight)
    return true
  }

  /** Counts `weight` values in a bucket. */
  addTo(bucket: number, weight: number): void {
    let offset = bucket - this.base
    if (offset < 0 || offset >= this.counts.length) offset = this.makeRoom(bucket)
    const { counts, blocks } = this
    const count = (counts[offset] ?? 0) + weight
    // MAX_COUNT, and the bits of BLOCK below.
    counts[offset] = count < 0xffff_ffff ? count : 0xffff_ffff
    const block = offset >>> 5
    blocks[block] = (blocks[block] ?? 0) + weight
  }

  /**
   * Adds what another window knows of `count` values whose buckets are added with `addTo`; `squares` is around their mean.
   * False when the sum would overflow; then nothing is added.
   */
  merge(other: Merged): boolean {
    const { cells } = this
    const { sum, count, zeros, min, max, squares } = other
    if (!addExactly(cells, sum)) return false
    if (this.count === 0) cells[6] = sum / count
    const distance = sum / count - this.shift
    cells[5] = this.squares + squares + distance * distance * count
    cells[2] = this.count + count
    cells[7] = this.zeros + zeros
    cells[3] = Math.min(this.min, min)
    cells[4] = Math.max(this.max, max)
    return true
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
    this.clear()
  }

  private clear(): void {
    this.cells.fill(0)
    this.cells[3] = Number.POSITIVE_INFINITY
    this.cells[4] = Number.NEGATIVE_INFINITY
  }
}

/** What a window that was read elsewhere says of its values. */
interface Merged {
  readonly sum: number
  readonly count: number
  readonly zeros: number
  readonly min: number
  readonly max: number
  readonly squares: number
}

function blocksOf(counts: Uint32Array): Float64Array {
  const blocks = new Float64Array(counts.length / BLOCK)
  for (const [i, count] of counts.entries()) blocks[i >>> 5] = (blocks[i >>> 5] ?? 0) + count
  return blocks
}
