import { createHash, randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hash } from './hash.ts'

/** Hashes what people must not be known by. */
export interface Salt {
  /** Stands for it in files: sketches of different salts have nothing in common. */
  readonly id: string
  hash(text: string): Hash
}

const SALT = /^[\da-f]{64}$/

/**
 * The salt of a directory, which all processes share: whoever comes first makes it, in one step. Without a directory, or where it takes no
 * file, one that lives as long as the process.
 */
export function openSalt(directory: string | undefined): Salt {
  const secret = (directory === undefined ? undefined : shared(directory)) ?? randomBytes(32).toString('hex')
  return {
    id: createHash('sha256').update(`id ${secret}`).digest('hex').slice(0, 16),
    hash(text) {
      const digest = createHash('sha256').update(secret).update(text).digest()
      return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) }
    },
  }
}

function shared(directory: string): string | undefined {
  const path = join(directory, 'usage.salt')
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(draft, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' })
    if (read(path) === undefined) {
      // What is damaged has hashed what nobody can compare any more.
      if (!link(draft, path) && read(path) === undefined) {
        rmSync(path, { force: true, recursive: true })
        link(draft, path)
      }
    }
  } catch {
    // A disk that takes nothing may still have one.
  } finally {
    rmSync(draft, { force: true })
  }
  return read(path)
}

/** False when the other one is there already. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch {
    return false
  }
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'latin1')
    return SALT.test(text) ? text : undefined
  } catch {
    return undefined
  }
}
