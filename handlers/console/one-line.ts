/** Whatever a terminal or a log reader might take for a command, a line end, or an order to write backwards. */
const commanding = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu

/** `text` without anything that can begin a new line or move the cursor (CWE-117): such characters are written as `\u001b`. */
export function oneLine(text: string): string {
  return text.replace(commanding, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** A value on one line: words stand as they are; what would be unclear without quotes is JSON. */
export function formatWord(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return oneLine(value)
  return oneLine(JSON.stringify(value) ?? '')
}

/** `12:34:56.789Z`. */
export function formatTime(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '--:--:--.---Z' : date.toISOString().slice(-13)
}
