/** The members of a header that is a comma-separated list, without the white space around them and without empty ones (RFC 9110 §5.6.1). */
export function listMembers(text: string): string[] {
  return text
    .split(',')
    .map(trimWhitespace)
    .filter((member) => member !== '')
}

/** `text` without spaces and tabs around it. Linear, which a regular expression for the end of a text is not. */
export function trimWhitespace(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhitespace(text.charCodeAt(start))) start++
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

function isWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09
}
