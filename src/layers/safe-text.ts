import { REDACTED, redactText } from './redact.ts'

/** Read beyond the limit, so that a secret across it is recognised before it is cut. */
const OVERLAP = 512
const CUT = '…'
const CUT_BYTES = 3
const LONE_SURROGATE = /\p{Surrogate}/gu

/**
 * `text` as it may leave the process: well-formed, without known secrets, at most `maxBytes` of UTF-8, an ellipsis at its end where it was cut.
 * Applied to its own result it changes nothing.
 */
export function safeText(text: string, maxBytes: number): string {
  const head = text.length > maxBytes + OVERLAP ? text.slice(0, maxBytes + OVERLAP) : text
  let safe = clean(head, maxBytes, head !== text)
  // A replacement or a cut may make a new match; three rounds settle everything but text made for the purpose.
  for (let round = 0; round < 3; round++) {
    const again = clean(safe, maxBytes, false)
    if (again === safe) return safe
    safe = again
  }
  return REDACTED
}

function clean(text: string, maxBytes: number, shortened: boolean): string {
  return cut(redactText(text.replace(LONE_SURROGATE, '\ufffd')), maxBytes, shortened)
}

function cut(text: string, maxBytes: number, shortened: boolean): string {
  // Three bytes for a UTF-16 unit is the most there can be.
  if (!shortened && (text.length * 3 <= maxBytes || utf8Bytes(text) <= maxBytes)) return text
  let bytes = 0
  let end = 0
  for (const character of text) {
    bytes += utf8Size(character.codePointAt(0) ?? 0)
    if (bytes > maxBytes - CUT_BYTES) break
    end += character.length
  }
  return text.slice(0, end) + CUT
}

function utf8Bytes(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // Each half of a pair counts two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return bytes
}

function utf8Size(codePoint: number): number {
  if (codePoint < 0x80) return 1
  if (codePoint < 0x800) return 2
  return codePoint < 0x10000 ? 3 : 4
}

/** Bytes of `text` as a JSON string in UTF-8, quotes included. */
export function jsonBytes(text: string): number {
  let bytes = 2
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x22 || unit === 0x5c) bytes += 2
    else if (unit < 0x20) bytes += 6
    else bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3
  }
  return bytes
}
