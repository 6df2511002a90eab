import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TelemetryError } from '../../core/errors.ts'

/**
 * Takes a directory for this process alone and returns how to give it back.
 *
 * A lock whose process has died is taken over. Throws `directory_in_use` when it is held; on a disk that takes no file the
 * directory is used without one, because what lies in it must be delivered all the same.
 */
export function lockDirectory(directory: string): () => void {
  return lockFile(join(directory, 'lock'), { part: 'outbox', path: directory }) ?? (() => {})
}

/** What is locked, for the message of the error. */
export interface Locked {
  readonly part: string
  readonly path: string
}

/** Makes `path` a lock of this process and returns how to give it back. As `lockDirectory`, but undefined where the disk takes no file. */
export function lockFile(path: string, locked: Locked): (() => void) | undefined {
  const own = `${process.pid} ${startOf(process.pid)}`
  const draft = `${path}.${process.pid}`
  try {
    writeFileSync(draft, own, { mode: 0o600 })
  } catch {
    return undefined
  }
  try {
    if (!link(draft, path)) takeOver(locked, draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  return () => {
    if (read(path) === own) rmSync(path, { force: true })
  }
}

function takeOver(locked: Locked, draft: string, path: string): void {
  const holder = read(path)
  const [pid = 0] = (holder ?? '').split(' ', 1).map(Number)
  if (isAlive(pid) && holder === `${pid} ${startOf(pid)}`) throw inUse(locked, pid)
  const aside = `${draft}.stale`
  try {
    renameSync(path, aside)
  } catch {
    // Another process has taken it over at the same moment; then the link fails.
  }
  // What was moved may be the new lock of another process that was a moment faster.
  const moved = read(aside)
  if (moved !== undefined && moved !== holder) link(aside, path)
  rmSync(aside, { force: true })
  if (!link(draft, path)) throw inUse(locked, 'another')
}

/** Makes `to` the same file as `from`, whole, or does nothing: a file of that name is never written over. */
function link(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
  }
  // Some file systems have no hard links.
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL)
    return true
  } catch {
    return false
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  if (!(Number.isSafeInteger(pid) && pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** When a process began, so that a number which was given out again is not taken for the one that died. Empty outside Linux. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`) ?? ''
  // The name of the program stands in parentheses and may hold anything; of what follows, the start is the 20th (proc(5)).
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function inUse({ part, path }: Locked, pid: number | string): TelemetryError {
  const holder = typeof pid === 'number' ? `process ${pid}` : `${pid} process`
  return new TelemetryError(
    'directory_in_use',
    `${part}: ${holder} uses '${path}'; give each process and each handler a directory of its own`,
  )
}
