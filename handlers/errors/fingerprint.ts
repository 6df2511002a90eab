import { redactText } from 'sonde'

/** What is looked at; the rest of a message is as a rule a stack or a body. */
const MAX_READ = 500
const MAX_FINGERPRINT = 200

const UUID = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/gi
const QUOTED = /"[^"]*"|'[^']*'|`[^`]*`/g
/** From eight characters on, and with a digit in it: `deadbeef` and `feedface` are rarer than words like `decade`. */
const HEX = /\b(?:0x)?[\da-f]{8,}\b/gi
const DIGITS = /\d+(?:[.,:]\d+)*/g
const SPACE = /[\s\p{Cc}]+/gu

/**
 * What messages of one cause have in common: `user 17 has no cart 0xdeadbeef12` becomes `user # has no cart #`. Ids, numbers and
 * quoted texts are replaced, known secrets are gone. Linear in the text, whatever it is.
 */
export function fingerprintOf(message: string): string {
  const text = redactText(message.length > MAX_READ ? message.slice(0, MAX_READ) : message)
  const plain = text
    .replace(UUID, '#')
    .replace(QUOTED, '#')
    .replace(HEX, (word) => (/\d/.test(word) ? '#' : word))
    .replace(DIGITS, '#')
    .replace(SPACE, ' ')
    .trim()
  return plain.length <= MAX_FINGERPRINT ? plain : Array.from(plain).slice(0, MAX_FINGERPRINT).join('')
}
