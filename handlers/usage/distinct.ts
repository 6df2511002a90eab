import { Buffer } from 'node:buffer'
import { type Hash, hashText, parseHash } from './hash.ts'
import { estimate, MAX_RANK, observe, REGISTERS, unite } from './hyperloglog.ts'

/** What a file holds of different values: their hashes while they are few, later a sketch, in base64. */
export type KeptDistinct = { readonly hashes: readonly string[] } | { readonly sketch: string }

/** Counts different values without keeping them: exactly up to 256, with a standard error of 1.6 % beyond. */
export interface Distinct {
  add(hash: Hash): void
  /** Takes in what another one has seen. */
  merge(other: KeptDistinct): void
  readonly count: number
  kept(): KeptDistinct
}

const MAX_EXACT = 256
const HASH = /^[\da-f]{16}$/

export function createDistinct(kept: KeptDistinct = { hashes: [] }): Distinct {
  const hashes = new Set<string>()
  let registers: Uint8Array | undefined
  merge(kept)

  function sketch(): Uint8Array {
    if (registers !== undefined) return registers
    registers = new Uint8Array(REGISTERS)
    for (const text of hashes) observe(registers, parseHash(text))
    hashes.clear()
    return registers
  }

  function add(hash: Hash): void {
    if (registers !== undefined) observe(registers, hash)
    else {
      hashes.add(hashText(hash))
      if (hashes.size > MAX_EXACT) sketch()
    }
  }

  function merge(other: KeptDistinct): void {
    if ('sketch' in other) unite(sketch(), Buffer.from(other.sketch, 'base64'))
    else for (const text of other.hashes) add(parseHash(text))
  }

  return {
    add,
    merge,
    get count() {
      return registers === undefined ? hashes.size : Math.round(estimate(registers))
    },
    kept: () =>
      registers === undefined ? { hashes: [...hashes] } : { sketch: Buffer.from(registers).toString('base64') },
  }
}

/** Takes what a file held; undefined when it is not that. */
export function parseDistinct(value: unknown): KeptDistinct | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { hashes, sketch }: { hashes?: unknown; sketch?: unknown } = value
  if (Array.isArray(hashes) && hashes.length <= MAX_EXACT) {
    return hashes.every((text) => typeof text === 'string' && HASH.test(text)) ? { hashes } : undefined
  }
  if (typeof sketch !== 'string') return undefined
  const bytes = Buffer.from(sketch, 'base64')
  return bytes.length === REGISTERS && bytes.every((rank) => rank <= MAX_RANK) ? { sketch } : undefined
}
