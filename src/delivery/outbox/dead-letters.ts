import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import type { DropReason } from '../drop-report.ts'
import type { Disk } from './disk.ts'

/** An item that will not be tried again, kept for people to look at. */
export interface DeadLetter {
  readonly id: string
  readonly key?: string
  /** When it was given up, in milliseconds since the epoch. */
  readonly time: number
  readonly reason: DropReason
  /** What the last attempt said. */
  readonly detail?: string
  readonly body: Uint8Array
}

/** The file of the items that were given up. */
export interface DeadLetters {
  /** Written soon. Never throws: a disk that is full costs the letter. */
  add(letter: DeadLetter): void
  /** All that are kept, the oldest first; a damaged line is left out. */
  read(): DeadLetter[]
  /** Writes what is not written yet before it returns. */
  writeSync(): void
}

const FILE = 'dead-letters.jsonl'

/** The older half of what is kept. */
const OLDER = 'dead-letters.older.jsonl'

/** Opens the dead letters of a directory: JSON lines with the body in base64, two files of about `maxBytes` at most. */
export function openDeadLetters(disk: Disk, directory: string, maxBytes: number): DeadLetters {
  const file = join(directory, FILE)
  const older = join(directory, OLDER)
  let size = readFile(disk, file).length
  let pending = ''
  /** Given to the disk, and perhaps not there yet. */
  let underway = ''
  let writing = false

  /** What is to be written now, after making room for it. */
  const take = (): string => {
    const text = pending
    pending = ''
    if (size > 0 && size + text.length > maxBytes) {
      disk.rename(file, older)
      size = 0
    }
    size += text.length
    return text
  }

  const write = async () => {
    if (writing) return
    writing = true
    try {
      while (pending !== '') {
        underway = take()
        await disk.append(file, underway, false)
      }
    } catch {
      // The drop itself is counted by the queue.
    }
    underway = ''
    writing = false
  }

  const writeSync = () => {
    try {
      if (pending !== '') disk.appendSync(file, take())
    } catch {
      // As above.
    }
  }

  return {
    add({ body, ...letter }) {
      pending += `${JSON.stringify({ ...letter, body: Buffer.from(body).toString('base64') })}\n`
      queueMicrotask(() => void write())
    },
    read() {
      writeSync()
      const texts = [readFile(disk, older), readFile(disk, file), underway]
      return [...new Set(texts.flatMap((text) => text.split('\n')))].flatMap(parse)
    },
    writeSync,
  }
}

function readFile(disk: Disk, path: string): string {
  try {
    return disk.read(path).toString()
  } catch {
    return ''
  }
}

function parse(line: string): DeadLetter[] {
  try {
    // The boundary: the file is ours, and what else may stand there is checked for what is needed.
    const value = JSON.parse(line) as Omit<DeadLetter, 'body'> & { readonly body: string }
    return [{ ...value, body: Buffer.from(value.body, 'base64') }]
  } catch {
    return []
  }
}
