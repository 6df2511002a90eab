import { join } from 'node:path'
import type { Disk } from './disk.ts'

/** One file of a journal. */
export interface Segment<T> {
  readonly path: string
  bytes: number
  /** What has its last record in it and is still needed. */
  readonly live: Set<T>
}

/** The files of a journal, the oldest first. They are only ever added to. */
export interface Segments<T> {
  /** The file to write to: the last one, or a new one when that is full or was left. */
  current(): Segment<T>
  /** Leaves the last file: the next write begins a new one. */
  leave(): void
  /** Removes the oldest files in which nothing is live. What a younger one says of their items is needed no more. */
  removeDead(): void
  /** The oldest file, unless it is the one that is written to. */
  oldest(): Segment<T> | undefined
  removeAll(): void
  readonly bytes: number
}

interface SegmentOptions {
  readonly disk: Disk
  readonly directory: string
  readonly segmentBytes: number
  /** Number of the first file; none of that number or a higher one exists. */
  readonly first: number
}

/** Makes the list with no file in it. */
export function createSegments<T>({ disk, directory, segmentBytes, first }: SegmentOptions): Segments<T> {
  const all: Segment<T>[] = []
  let last: Segment<T> | undefined
  let next = first

  const remove = ({ path }: Segment<T>) => {
    try {
      disk.remove(path)
    } catch {
      // It stays until the next start, where all that it says is known to be settled or is there twice.
    }
  }

  return {
    current() {
      if (last !== undefined && last.bytes < segmentBytes) return last
      last = { path: join(directory, segmentName(next++)), bytes: 0, live: new Set() }
      all.push(last)
      return last
    },
    leave() {
      last = undefined
    },
    removeDead() {
      for (let [oldest] = all; oldest !== undefined && oldest !== last && oldest.live.size === 0; [oldest] = all) {
        all.shift()
        remove(oldest)
      }
    },
    oldest: () => (all[0] === last ? undefined : all[0]),
    removeAll() {
      for (const segment of all.splice(0)) remove(segment)
      last = undefined
    },
    get bytes() {
      return all.reduce((sum, { bytes }) => sum + bytes, 0)
    },
  }
}

/** The name of file `number`. */
export function segmentName(number: number): string {
  return `${String(number).padStart(10, '0')}.log`
}

/** The number of a file, undefined for the name of anything else. */
export function segmentNumber(name: string): number | undefined {
  return /^\d{10,15}\.log$/.test(name) ? Number.parseInt(name, 10) : undefined
}
