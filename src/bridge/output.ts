import { StringDecoder } from 'node:string_decoder'
import { safeText } from '../layers/safe-text.ts'

/** Of a line; what is beyond it is not kept. */
const MAX_LINE = 4_096
/** Characters of standard error that an error carries. */
const TAIL = 8_192

export interface Output {
  push(chunk: Buffer): void
  /** The last 8 KiB, without known secrets. */
  tail(): string
  /** What has come without a line feed behind it is a line too. */
  end(): void
}

/** Cuts what somebody prints into lines, without known secrets; in bounded room, however long they are. */
export function captureOutput(onLine: (line: string) => void): Output {
  const decoder = new StringDecoder('utf8')
  let line = ''
  let last = ''
  const emit = () => {
    if (line !== '') onLine(safeText(line, MAX_LINE))
    line = ''
  }
  return {
    push(chunk) {
      const text = decoder.write(chunk)
      last = (last + text).slice(-2 * TAIL)
      const lines = text.split('\n')
      for (const [i, part] of lines.entries()) {
        if (i > 0) emit()
        if (line.length < MAX_LINE) line += part.slice(0, MAX_LINE)
      }
    },
    tail: () => safeText(last, 4 * TAIL).slice(-TAIL),
    end: emit,
  }
}
