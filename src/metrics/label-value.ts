/** Longer label values are cut: a label is an identifier, and a million of them must not take gigabytes. */
const MAX_LENGTH = 256
const LONE_SURROGATE = /\p{Surrogate}/gu

/**
 * Any value as a label: a well-formed string of at most 256 characters. undefined and null are `''`. Lone surrogates become
 * U+FFFD, because two of them would be one and the same series once encoded as UTF-8. Never throws.
 */
export function labelValue(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : asText(value)
  return (text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text).replace(LONE_SURROGATE, '\uFFFD')
}

/** `toString` of an object may throw, or be missing, or return no string. */
function asText(value: unknown): string {
  try {
    return String(value)
  } catch {
    return '[unprintable]'
  }
}
