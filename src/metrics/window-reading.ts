import { makeCells } from './cells.ts'
import type { SummaryValue } from './data.ts'
import { addExactly, exactSum } from './exact-sum.ts'
import { bucketMiddle } from './log-bucket.ts'
import { BLOCK, type WindowSlot } from './window-slot.ts'

const EMPTY = {
  count: 0,
  sum: 0,
  min: undefined,
  max: undefined,
  mean: undefined,
  stddev: undefined,
  p50: undefined,
  p90: undefined,
  p95: undefined,
  p99: undefined,
  p999: undefined,
} as const

/** Per mille, ascending: whole numbers, so that a rank is not moved by the rounding of 0.95 × n. */
const QUANTILES = [500, 900, 950, 990, 999] as const

/** What several slots are together, their counts aside. */
export interface MergedSlots {
  readonly count: number
  readonly zeros: number
  readonly sum: number
  readonly min: number
  readonly max: number
  /** Σ (value − mean)² */
  readonly squares: number
  /** The lowest bucket of any slot, and the one behind the highest; both 0 when all values are zeros. */
  readonly base: number
  readonly end: number
}

/** Adds up what slots know of themselves; each must hold a value. */
export function mergeSlots(slots: readonly WindowSlot[]): MergedSlots {
  const total = makeCells()
  let [count, zeros, squares, mean] = [0, 0, 0, 0]
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [base, end] = [Number.POSITIVE_INFINITY, 0]

  for (const slot of slots) {
    addExactly(total, slot.sum)
    const own = slot.sum / slot.count
    const distance = own - mean
    // Chan, Golub and LeVeque 1979: two variances become one without a second pass.
    squares += aroundMean(slot, own) + distance * distance * ((count * slot.count) / (count + slot.count))
    count += slot.count
    mean += distance * (slot.count / count)
    zeros += slot.zeros
    min = Math.min(min, slot.min)
    max = Math.max(max, slot.max)
    if (slot.counts.length === 0) continue
    base = Math.min(base, slot.base)
    end = Math.max(end, slot.base + slot.counts.length)
  }
  return { count, zeros, sum: exactSum(total), min, max, squares, base: Math.min(base, end), end }
}

/** The counts of slots bucket by bucket, from `base` on. */
export function mergeCounts(slots: readonly WindowSlot[], { base, end }: MergedSlots): Float64Array {
  const merged = new Float64Array(end - base)
  for (const slot of slots) addInto(merged, slot.counts, slot.base - base)
  return merged
}

/** The statistics of a window; `lifetime…` are passed through. */
export function readWindow(slots: readonly WindowSlot[], lifetimeCount: number, lifetimeSum: number): SummaryValue {
  if (slots.length === 0) return { ...EMPTY, lifetimeCount, lifetimeSum }
  const merged = mergeSlots(slots)
  const { count, sum, min, max } = merged
  const mean = Math.min(max, Math.max(min, sum / count))
  const stddev = deviation(slots, merged, mean)
  const [p50, p90, p95, p99, p999] = quantiles(slots, merged)
  return { count, sum, min, max, mean, stddev, p50, p90, p95, p99, p999, lifetimeCount, lifetimeSum }
}

/**
 * Nearest rank: the value that at least that share of the values does not exceed. Goes by blocks to the one that holds the
 * rank, and merges only the buckets of that.
 */
function quantiles(slots: readonly WindowSlot[], { count, zeros, base, end, min, max }: MergedSlots): number[] {
  const blocks = new Float64Array((end - base) / BLOCK)
  for (const slot of slots) addInto(blocks, slot.blocks, (slot.base - base) / BLOCK)
  const buckets = new Float64Array(BLOCK)
  const found: number[] = []
  let before = zeros
  let block = 0
  let merged = -1
  for (const quantile of QUANTILES) {
    const rank = Math.ceil((count * quantile) / 1000)
    while (before + (blocks[block] ?? 0) < rank && block < blocks.length - 1) before += blocks[block++] ?? 0
    const first = base + block * BLOCK
    if (merged !== block) mergeBlock(buckets, slots, first)
    merged = block
    const value = rank <= zeros ? 0 : bucketMiddle(first + bucketOfRank(buckets, rank - before))
    found.push(Math.min(max, Math.max(min, value)))
  }
  return found
}

function mergeBlock(buckets: Float64Array, slots: readonly WindowSlot[], first: number): void {
  buckets.fill(0)
  for (const { counts, base } of slots) {
    const offset = first - base
    if (offset < 0 || offset >= counts.length) continue
    for (let i = 0; i < BLOCK; i++) buckets[i] = (buckets[i] ?? 0) + (counts[offset + i] ?? 0)
  }
}

function bucketOfRank(buckets: Float64Array, rank: number): number {
  let seen = buckets[0] ?? 0
  let bucket = 0
  while (seen < rank && bucket < BLOCK - 1) seen += buckets[++bucket] ?? 0
  return bucket
}

function addInto(target: Float64Array, counts: Uint32Array | Float64Array, from: number): void {
  for (let i = 0; i < counts.length; i++) target[from + i] = (target[from + i] ?? 0) + (counts[i] ?? 0)
}

/** Σ (value − mean)² of a slot, from its sum of squares around another point. */
function aroundMean(slot: WindowSlot, mean: number): number {
  const distance = mean - slot.shift
  return Math.max(0, slot.squares - distance * distance * slot.count)
}

function deviation(slots: readonly WindowSlot[], merged: MergedSlots, mean: number): number {
  const { squares, count, zeros, base, max } = merged
  if (Number.isFinite(squares)) return Math.sqrt(squares / count)
  // Beyond 1e154 squares overflow: take the deviation of the buckets' middles, in parts of the maximum.
  let total = zeros * (mean / max) ** 2
  for (const [i, n] of mergeCounts(slots, merged).entries())
    if (n > 0) total += n * ((bucketMiddle(base + i) - mean) / max) ** 2
  return Math.sqrt(total / count) * max
}
