import { join } from 'node:path'
import type { Disk } from './disk.ts'
import { decodeRecords, type ItemRecord } from './record.ts'
import { segmentNumber } from './segments.ts'

/** What lay in the directory of an outbox. */
export interface Recovered {
  /** Not settled, in the order they were accepted. */
  readonly items: readonly ItemRecord[]
  /** Complete records that are damaged, and files that cannot be read. */
  readonly corrupt: number
  /** Files that end in the middle of a record, which was never acknowledged. */
  readonly torn: number
  /** Above every number that stands in a file. */
  readonly nextNumber: number
  readonly nextSegment: number
  /** Removes the files that were read. Of damaged ones the last three are kept beside, ending in `.corrupt`. */
  remove(): void
}

const KEPT_CORRUPT = 3

/** Reads all files of a directory, whatever is in them. */
export function recover(disk: Disk, directory: string): Recovered {
  const names = disk.list(directory).sort()
  const items = new Map<number, ItemRecord>()
  const settled = new Set<number>()
  const read: { readonly path: string; readonly damaged: boolean }[] = []
  let corrupt = 0
  let torn = 0
  let nextSegment = 1

  for (const name of names) {
    const number = segmentNumber(name)
    if (number === undefined) continue
    nextSegment = number + 1
    const path = join(directory, name)
    const records = readRecords(disk, path)
    for (const item of records?.items ?? []) items.set(item.number, item)
    for (const one of records?.settled ?? []) settled.add(one)
    corrupt += records?.corrupt ?? 1
    torn += records?.torn ?? 0
    read.push({ path, damaged: records === undefined || records.corrupt > 0 })
  }

  const numbers = [...items.keys(), ...settled]
  return {
    items: [...items.values()].filter(({ number }) => !settled.has(number)).sort((a, b) => a.number - b.number),
    corrupt,
    torn,
    nextNumber: numbers.reduce((highest, number) => Math.max(highest, number), 0) + 1,
    nextSegment,
    remove() {
      const kept = names.filter((name) => name.endsWith('.corrupt')).map((name) => join(directory, name))
      for (const { path, damaged } of read) {
        if (damaged && attempt(() => disk.rename(path, `${path}.corrupt`))) kept.push(`${path}.corrupt`)
        else attempt(() => disk.remove(path))
      }
      for (const path of kept.slice(0, -KEPT_CORRUPT)) attempt(() => disk.remove(path))
    },
  }
}

function readRecords(disk: Disk, path: string): ReturnType<typeof decodeRecords> | undefined {
  try {
    return decodeRecords(disk.read(path))
  } catch {
    return undefined
  }
}

function attempt(step: () => void): boolean {
  try {
    step()
    return true
  } catch {
    return false
  }
}
