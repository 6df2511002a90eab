/** Characters of a name, and of one tag, that receivers promise to keep (Datadog's limits). */
export const MAX_LENGTH = 200

/** What ends a field, a tag or a line in one of the dialects, is invisible, or is half a character. */
const UNSAFE_IN_TAG = /[|:#,@=\\\p{Cc}\p{Cf}\p{Z}\p{Surrogate}]/gu

/** Letters, digits, `_` and `.`, a letter first. Not yet cut to a length. */
export function safeName(name: string): string {
  const cleaned = name.replace(/[^A-Za-z0-9_.]/gu, '_')
  return /^[A-Za-z]/.test(cleaned) ? cleaned : `m_${cleaned}`
}

/** A tag value as one step of a name: letters, digits and `_`. The empty one is `_`, so that what follows keeps its place. */
export function safeStep(value: string): string {
  return value === '' ? '_' : value.replace(/[^A-Za-z0-9_]/gu, '_')
}

/** A tag's key or value: letters of any script stay, what has a meaning in a line becomes `_`. At most 200 characters. */
export function safeTag(text: string): string {
  return text.slice(0, MAX_LENGTH).replace(UNSAFE_IN_TAG, '_')
}
