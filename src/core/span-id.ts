const BLOCK = 0x1_0000
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const random = new Uint8Array(8)
let prefix = ''
let next = 0
let left = 0

/**
 * A new span id: 16 hex characters, never all zero.
 *
 * 48 random bits that are drawn anew for every 65,536 ids, and a counter with a random start: a draw per id would
 * cost more than the rest of the span. Unique, not secret.
 */
export function newSpanId(): string {
  if (left === 0) startBlock()
  left--
  next = (next + 1) & (BLOCK - 1)
  return prefix + (HEX[next >> 8] as string) + (HEX[next & 0xff] as string)
}

function startBlock(): void {
  globalThis.crypto.getRandomValues(random)
  random[0] = (random[0] as number) | 1
  prefix = ''
  for (let i = 0; i < 6; i++) prefix += HEX[random[i] as number] as string
  next = ((random[6] as number) << 8) | (random[7] as number)
  left = BLOCK
}
