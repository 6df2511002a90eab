import { Buffer } from 'node:buffer'
import {
  closeSync,
  constants,
  fstatSync,
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

/** The file system as outboxes and state files use it, so that a test can fill the disk. Every function throws what Node throws. */
export interface Disk {
  /** Makes a directory that only this user can enter, with its parents; one that exists is fine. */
  makeDirectory(path: string): void
  /** The names in a directory. */
  list(path: string): string[]
  read(path: string): Buffer
  /** Reads a file, never more than `maxBytes`: throws `EFBIG` for a larger one, `ELOOP` for a link, `ENOTSUP` for what is no file. */
  readBounded(path: string, maxBytes: number): Buffer
  /** Adds to a file, which is made when it is missing. With `durable` it survives the loss of power once this resolves. */
  append(path: string, text: string, durable: boolean): Promise<void>
  /** Adds to a file at once: it survives the death of the process, not the loss of power. */
  appendSync(path: string, text: string): void
  /** Makes a new file that survives the loss of power once this resolves and its directory is synced. Throws `EEXIST` for one that exists. */
  create(path: string, text: string): Promise<void>
  /** The same at once: it survives the death of the process, not the loss of power. */
  createSync(path: string, text: string): void
  /** Makes what was made and renamed in a directory survive the loss of power. */
  syncDirectory(path: string): Promise<void>
  rename(from: string, to: string): void
  /** Removes a file; one that is missing is fine. */
  remove(path: string): void
}

/** Only this user may read what is queued, and a link that somebody has put in the way is not followed (CWE-59). */
const MODE = 0o600
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
/** Without O_NONBLOCK the open of a FIFO waits for somebody who writes. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** The real one. */
export const realDisk: Disk = {
  makeDirectory: (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  list: (path) => readdirSync(path),
  read: (path) => readFileSync(path),
  readBounded(path, maxBytes) {
    const file = openSync(path, READ)
    try {
      const stat = fstatSync(file)
      if (!stat.isFile()) throw failure('ENOTSUP')
      if (stat.size > maxBytes) throw failure('EFBIG')
      return readFileSync(file)
    } finally {
      closeSync(file)
    }
  },
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
  appendSync: (path, text) => writeAllSync(openSync(path, FLAGS, MODE), text),
  async create(path, text) {
    const file = await open(path, NEW, MODE)
    try {
      await file.writeFile(text)
      await file.datasync()
    } finally {
      await file.close()
    }
  },
  createSync: (path, text) => writeAllSync(openSync(path, NEW, MODE), text),
  syncDirectory,
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { force: true }),
}

function writeAllSync(file: number, text: string): void {
  try {
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
  } finally {
    closeSync(file)
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
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
