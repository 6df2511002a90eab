import type { Cancel, Clock } from '../../core/types.ts'
import { backoff } from '../backoff.ts'

/** What a saver needs. */
export interface SaverOptions {
  readonly clock: Clock
  readonly intervalMs: number
  /** Writes the present state; rejects when the disk refuses. */
  write(): Promise<void>
  /** The same before it returns; throws. */
  writeSync(): void
  /** Called when writing begins to fail, and when it succeeds again. */
  degraded(error: unknown): void
  restored(): void
}

/** When a state is written: changes together, one write at a time, again after a failure. */
export interface Saver {
  save(): void
  flush(): Promise<void>
  /** Writes what is not written yet, and nothing after it. */
  close(): void
  readonly degraded: boolean
}

/** Makes the schedule of one state. Nothing here throws or rejects. */
export function createSaver({ clock, intervalMs, ...disk }: SaverOptions): Saver {
  let isChanged = false
  let failures = 0
  let closed = false
  let writing: Promise<void> | undefined
  let cancelTimer: Cancel | undefined

  const plan = () => {
    if (!isChanged || closed || writing !== undefined || cancelTimer !== undefined) return
    const retryMs = () => backoff(failures - 1, { baseMs: intervalMs, retryAfterMs: intervalMs })
    cancelTimer = clock.after(failures > 0 ? retryMs() : intervalMs, write)
  }
  const stopTimer = () => {
    cancelTimer?.()
    cancelTimer = undefined
  }
  const write = () => {
    stopTimer()
    writing ??= writeOnce().then(() => {
      writing = undefined
      plan()
    })
  }
  const writeOnce = async () => {
    isChanged = false
    try {
      await disk.write()
    } catch (error) {
      isChanged = true
      if (!closed && ++failures === 1) disk.degraded(error)
      return
    }
    const wasDegraded = failures > 0
    failures = 0
    if (wasDegraded && !closed) disk.restored()
  }

  return {
    save() {
      if (isChanged) return
      isChanged = true
      plan()
    },
    async flush() {
      // What is being written may have been read before the last change.
      await writing
      if (isChanged && !closed) write()
      await writing
    },
    close() {
      if (closed) return
      closed = true
      stopTimer()
      // Also what is being written: nobody knows how far that has come.
      if (!isChanged && writing === undefined) return
      try {
        disk.writeSync()
      } catch {
        // Nobody is left to tell.
      }
    },
    get degraded() {
      return failures > 0
    },
  }
}
