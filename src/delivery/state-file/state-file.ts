import { Buffer } from 'node:buffer'
import { onExit } from '../exit.ts'
import { lockFile } from '../outbox/directory-lock.ts'
import { openDirectory } from '../outbox/options.ts'
import { encodeEnvelope } from './envelope.ts'
import { load, pathsOf } from './load.ts'
import { checkStateFile, type StateFileOptions } from './options.ts'
import { type Replacement, removeDrafts, replace, replaceSync } from './replace.ts'
import { createSaver } from './saver.ts'

/** A state that survives its process. */
export interface StateFile<T> {
  /** What the file, or its backup, held at the start. */
  readonly initial: T | undefined
  /** When that was written, in milliseconds since the epoch. */
  readonly savedAt: number | undefined
  /** Something has changed: it is written within `intervalMs`. Costs nothing when it is called for every change. Never throws. */
  save(): void
  /** Resolves when all that was saved so far is on disk, or the disk has refused it. */
  flush(): Promise<void>
  /** Whether the disk refuses it: it is in memory only. */
  readonly degraded: boolean
  /** Writes what is not written yet before it returns, and gives the file back. Safe to repeat. */
  close(): void
}

/**
 * Opens the file of a state, with what an earlier run has left in it. For this process alone: `directory_in_use` is thrown while another one
 * has it, `invalid_option` for options and a directory that cannot be used.
 *
 * What is written takes the place of what was there in one step, and carries a checksum. A file that cannot be used is moved aside, its
 * backup is used, and `telemetry.state.recovered` says so; it never keeps a program from starting. While the disk refuses, the state
 * lives in memory and writing is tried again, at most a minute apart: `telemetry.state.degraded` and `.restored`. At SIGKILL the changes
 * of the last `intervalMs` are lost; at any other end of the process none.
 */
export function openStateFile<T>(options: StateFileOptions<T>): StateFile<T> {
  const checked = checkStateFile(options)
  const { bus, sink, directory, version, intervalMs, maxBytes, disk } = checked
  const paths = pathsOf(checked)
  const lock = () => lockFile(`${paths.file}.lock`, { part: sink, path: paths.file })
  openDirectory(sink, disk, directory)
  let unlock = lock()
  removeDrafts(disk, paths)
  const { state: initial, savedAt, problem } = load(checked)
  if (problem !== undefined) {
    const used = initial === undefined ? 'nothing' : 'backup'
    bus.execute('telemetry.state.recovered', {}, { sink, reason: problem, used })
  }
  let closed = false

  /** The directory may have been removed, and a disk that was full at the start took no lock. */
  const prepare = (): Replacement => {
    if (saver.degraded) disk.makeDirectory(directory)
    unlock ??= lock()
    const text = encodeEnvelope({ version, savedAt: bus.clock.wallTime(), data: checked.read() })
    if (Buffer.byteLength(text) > maxBytes) throw Object.assign(new Error('too large'), { code: 'EFBIG' })
    return { disk, paths, text }
  }
  const giveBack = () => {
    unlock?.()
    unlock = undefined
  }
  const saver = createSaver({
    clock: bus.clock,
    intervalMs,
    write: async () => replace(prepare(), () => closed),
    writeSync: () => replaceSync(prepare()),
    degraded(error) {
      const reason = codeOf(error)
      // The lock is gone with its directory.
      if (reason === 'ENOENT') giveBack()
      bus.execute('telemetry.state.degraded', {}, { sink, reason })
    },
    restored: () => bus.execute('telemetry.state.restored', {}, { sink }),
  })
  const close = () => {
    if (closed) return
    closed = true
    cancelExit()
    saver.close()
    giveBack()
  }
  const cancelExit = onExit(close)

  return {
    initial,
    savedAt,
    save: saver.save,
    flush: saver.flush,
    get degraded() {
      return saver.degraded
    },
    close,
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'error'
}
