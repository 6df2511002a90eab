/** What would turn a line around, hide in it or end it: bidirectional controls, other controls, line separators (CWE-150). */
const UNSEEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/gu
const LONE_SURROGATE = /\p{Surrogate}/gu

/** The three characters that mean something to Slack (https://api.slack.com/reference/surfaces/formatting#escaping). */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

const CUT = '…'

/** Text of anybody as one line that people can read. */
export function clean(text: string): string {
  return text.replace(LONE_SURROGATE, '\ufffd').replace(UNSEEN, ' ').trim()
}

/**
 * Text of anybody as Slack takes it: cleaned, cut between characters so that the result is at most `max` long, and escaped once. What Slack
 * shows of it is the text: no mention, no link, no entity.
 */
export function encode(text: string, max: number): string {
  const characters = clean(text)
  const escaped = characters.replace(/[&<>]/g, (one) => ESCAPES[one] ?? one)
  if (escaped.length <= max) return escaped
  let kept = ''
  for (const character of characters) {
    const next = ESCAPES[character] ?? character
    if (kept.length + next.length + CUT.length > max) break
    kept += next
  }
  return kept + CUT
}
