const LONE_SURROGATE = /\p{Surrogate}/gu
/** Everything but the octets that a baggage value may have; `%` is one of those, and the sign that another was none. */
const ESCAPED = /[^\x21\x23\x24\x26-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]/gu
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** `text` as the value of a baggage member: what may not stand there as it is is percent-encoded UTF-8. */
export function percentEncode(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd').replace(ESCAPED, (character) => encodeURIComponent(character))
}

/** The text of a baggage value in ASCII. What is no UTF-8 is U+FFFD; a `%` that begins no escape stands for itself. */
export function percentDecode(value: string): string {
  if (!value.includes('%')) return value
  const bytes = new Uint8Array(value.length)
  let length = 0
  for (let i = 0; i < value.length; i++) {
    const escaped = value[i] === '%' ? value.slice(i + 1, i + 3) : ''
    const isEscape = /^[0-9A-Fa-f]{2}$/.test(escaped)
    bytes[length++] = isEscape ? Number.parseInt(escaped, 16) : value.charCodeAt(i)
    if (isEscape) i += 2
  }
  return decoder.decode(bytes.subarray(0, length))
}
