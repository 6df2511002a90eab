import { createHash, timingSafeEqual } from 'node:crypto'

/** Shortest token accepted, in characters; 32 random bytes in base64 are 44. */
export const minTokenLength = 16

/**
 * Whether two tokens are the same, in a time that does not tell where they differ (CWE-208).
 *
 * Both are hashed first: `timingSafeEqual` throws on unequal lengths, which would tell the length.
 */
export function sameToken(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected))
}

/** The token of an `Authorization: Bearer …` header; undefined when there is none (RFC 6750). */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  return /^bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(header)?.[1]
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
