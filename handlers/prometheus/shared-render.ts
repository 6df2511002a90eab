import type { Clock } from 'sonde'
import type { Format } from './format.ts'

/** What one reader of a shared render holds. */
export interface Share {
  readonly pieces: Promise<readonly Buffer[]>
  /** Says that this reader does not wait any more; the work stops when nobody does. Safe to repeat. */
  leave(): void
}

/** Renders once for all who ask within a while. */
export interface SharedRender {
  join(format: Format): Share
  /** Forgets what it holds and stops its timers. */
  close(): void
}

interface Entry {
  readonly pieces: Promise<readonly Buffer[]>
  readonly begun: number
  readers: number
  finished: boolean
}

/**
 * Shares the result of `write` between readers that come within `shareMs` of its begin, or while it runs: a hundred
 * parallel scrapes cost one (CWE-400).
 */
export function createSharedRender(
  write: (format: Format, isWanted: () => boolean) => Promise<readonly Buffer[]>,
  clock: Clock,
  shareMs: number,
): SharedRender {
  const entries = new Map<Format, Entry>()
  const cancels = new Map<Format, () => void>()

  const forget = (format: Format, entry: Entry) => {
    if (entries.get(format) !== entry) return
    entries.delete(format)
    cancels.get(format)?.()
    cancels.delete(format)
  }

  const isFresh = (entry: Entry) => !entry.finished || clock.monotonicTime() - entry.begun < shareMs * 1e6

  const begin = (format: Format): Entry => {
    let isWanted = () => true
    const entry: Entry = {
      pieces: write(format, () => isWanted()),
      begun: clock.monotonicTime(),
      readers: 0,
      finished: false,
    }
    isWanted = () => entry.readers > 0
    entries.set(format, entry)
    entry.pieces.then(
      () => {
        entry.finished = true
        if (entries.get(format) !== entry) return
        // Megabytes are not kept for a scraper that comes once a minute.
        cancels.set(
          format,
          clock.after(shareMs, () => forget(format, entry)),
        )
      },
      () => forget(format, entry),
    )
    return entry
  }

  return {
    join(format) {
      const current = entries.get(format)
      if (current !== undefined && !isFresh(current)) forget(format, current)
      const entry = entries.get(format) ?? begin(format)
      entry.readers++
      let reading = true
      return {
        pieces: entry.pieces,
        leave() {
          if (!reading) return
          reading = false
          entry.readers--
          if (entry.readers === 0 && !entry.finished) forget(format, entry)
        },
      }
    },
    close() {
      for (const [format, entry] of entries) forget(format, entry)
    },
  }
}
