/** A value, hashed: 64 evenly spread bits. */
export interface Hash {
  readonly high: number
  readonly low: number
}

/** Sixteen hexadecimal digits. */
export function hashText({ high, low }: Hash): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}

/** What `hashText` has written. */
export function parseHash(text: string): Hash {
  return { high: Number.parseInt(text.slice(0, 8), 16), low: Number.parseInt(text.slice(8), 16) }
}
