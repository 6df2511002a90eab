import { dirname, join } from 'node:path'
import type { Disk } from '../outbox/disk.ts'
import type { StatePaths } from './load.ts'

/** A text that is to take the place of a file. */
export interface Replacement {
  readonly disk: Disk
  readonly paths: StatePaths
  readonly text: string
}

let made = 0

/**
 * Puts a text in the place of a file, whole or not at all, also when power is lost: written beside it, synced, renamed. What was there is
 * the backup then. `isStale` is asked before the rename: true leaves the file as it is. Rejects with what the disk says.
 */
export async function replace({ disk, paths, text }: Replacement, isStale: () => boolean): Promise<void> {
  const draft = draftOf(paths)
  try {
    await disk.create(draft, text)
    if (isStale()) return disk.remove(draft)
    moveIn(disk, paths, draft)
  } catch (error) {
    discard(disk, draft)
    throw error
  }
  await disk.syncDirectory(dirname(paths.file))
}

/** The same before it returns: what has been written survives the death of the process, not the loss of power. */
export function replaceSync({ disk, paths, text }: Replacement): void {
  const draft = draftOf(paths)
  try {
    disk.createSync(draft, text)
    moveIn(disk, paths, draft)
  } catch (error) {
    discard(disk, draft)
    throw error
  }
}

/** Removes what a process that was killed has left half written. */
export function removeDrafts(disk: Disk, { file }: StatePaths): void {
  const directory = dirname(file)
  try {
    const drafts = disk.list(directory).filter((name) => isDraftOf(file, join(directory, name)))
    for (const name of drafts) discard(disk, join(directory, name))
  } catch {
    // A directory that cannot be read now is read at the next start.
  }
}

/** No two are the same: one that is still being written when its file is closed must not be in the way of the next. */
function draftOf({ file }: StatePaths): string {
  return `${file}.${process.pid}-${++made}.tmp`
}

function isDraftOf(file: string, path: string): boolean {
  return path.startsWith(`${file}.`) && path.endsWith('.tmp')
}

/** Between the two renames there is a backup only, which a start finds. */
function moveIn(disk: Disk, { file, backup }: StatePaths, draft: string): void {
  try {
    disk.rename(file, backup)
  } catch (error) {
    // The first time there is nothing to keep.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  disk.rename(draft, file)
}

function discard(disk: Disk, draft: string): void {
  try {
    disk.remove(draft)
  } catch {
    // The next start removes it.
  }
}
