import { Buffer } from 'node:buffer'
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The file system as an outbox uses it, so that a test can fill the disk. Every function throws what Node throws. */
export interface Disk {
  /** Makes a directory that only this user can enter, with its parents; one that exists is fine. */
  makeDirectory(path: string): void
  /** The names in a directory. */
  list(path: string): string[]
  read(path: string): Buffer
  /** Adds to a file, which is made when it is missing. With `durable` it survives the loss of power once this resolves. */
  append(path: string, text: string, durable: boolean): Promise<void>
  /** Adds to a file at once: it survives the death of the process, not the loss of power. */
  appendSync(path: string, text: string): void
  rename(from: string, to: string): void
  /** Removes a file; one that is missing is fine. */
  remove(path: string): void
}

/** Only this user may read what is queued, and a link that somebody has put in the way is not followed (CWE-59). */
const MODE = 0o600
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW

/** The real one. */
export const realDisk: Disk = {
  makeDirectory: (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  list: (path) => readdirSync(path),
  read: (path) => readFileSync(path),
  async append(path, text, durable) {
    const file = await open(path, FLAGS, MODE)
    try {
      const { size } = await file.stat()
      await file.appendFile(text)
      if (!durable) return
      await file.datasync()
      if (size === 0) await syncDirectory(dirname(path))
    } finally {
      await file.close()
    }
  },
  appendSync(path, text) {
    const file = openSync(path, FLAGS, MODE)
    try {
      const bytes = Buffer.from(text)
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    } finally {
      closeSync(file)
    }
  },
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { force: true }),
}

/** A file that is new is only found after a crash when its directory is on disk too. */
async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directory, and writes its entries by itself.
  if (process.platform === 'win32') return
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
