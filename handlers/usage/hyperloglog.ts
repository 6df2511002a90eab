import type { Hash } from './hash.ts'

/** 4,096 registers: a standard error of 1.04 / √4096, 1.6 %. */
const PRECISION = 12
export const REGISTERS: number = 1 << PRECISION
/** Bits that are left for the rank. */
const REST = 64 - PRECISION
export const MAX_RANK: number = REST + 1

/** ½ / ln 2. */
const ALPHA = 0.5 / Math.LN2

/*
 * Ours, because none of the packages there are is kept: they hash to 32 bits, have not changed for years, or bring a library of everything.
 */

/** Takes a value in: its register keeps the longest run of zeros that was seen. */
export function observe(registers: Uint8Array, { high, low }: Hash): void {
  const index = high >>> (32 - PRECISION)
  const head = (high << PRECISION) >>> 0
  const rank = head !== 0 ? Math.clz32(head) + 1 : 32 - PRECISION + Math.clz32(low) + 1
  if (rank > (registers[index] ?? 0)) registers[index] = rank
}

/** Takes in all that another sketch has seen. */
export function unite(registers: Uint8Array, other: Uint8Array): void {
  for (const [index, rank] of other.entries()) if (rank > (registers[index] ?? 0)) registers[index] = rank
}

/** How many different values were seen (Ertl, New Cardinality Estimation Algorithms for HyperLogLog Sketches, 2017, algorithm 6). */
export function estimate(registers: Uint8Array): number {
  const counts = new Array<number>(MAX_RANK + 1).fill(0)
  for (const rank of registers) counts[rank] = (counts[rank] ?? 0) + 1
  let z = REGISTERS * tau(1 - (counts[MAX_RANK] ?? 0) / REGISTERS)
  for (let rank = REST; rank >= 1; rank--) z = 0.5 * (z + (counts[rank] ?? 0))
  z += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS)
  return (ALPHA * REGISTERS * REGISTERS) / z
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let [square, y, z] = [x, 1, x]
  for (let before = Number.NaN; z !== before; ) {
    square *= square
    before = z
    z += square * y
    y += y
  }
  return z
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let [root, y, z] = [x, 1, 1 - x]
  for (let before = Number.NaN; z !== before; ) {
    root = Math.sqrt(root)
    before = z
    y *= 0.5
    z -= (1 - root) ** 2 * y
  }
  return z / 3
}
