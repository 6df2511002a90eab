import { resolve } from 'node:path'
import { TelemetryError } from '../../core/errors.ts'
import { checkNumber } from '../check-number.ts'
import type { QueueOptions } from '../queue-options.ts'
import { type Disk, realDisk } from './disk.ts'

/** The bounds of an outbox, and where it is. */
export interface OutboxOptions extends QueueOptions {
  /** Made when it is missing. One process and one outbox at a time. */
  readonly directory: string
  /** A file that has reached this size is left for a new one. Default 4 MiB. */
  readonly segmentBytes?: number
  /** Another file system, for tests. */
  readonly disk?: Disk
}

/** Errors of a disk that has no room or is ill: an outbox starts all the same and is a queue in memory until they end. */
const PASSING: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE'])

/** Throws `invalid_option` for what cannot be an outbox. The bounds are checked by its queue. */
export function checkOutboxOptions(
  options: OutboxOptions,
): Required<Pick<OutboxOptions, 'disk' | 'segmentBytes'>> & OutboxOptions {
  const { directory, segmentBytes = 4 * 1_048_576, disk = realDisk } = options
  checkNumber('outbox', 'segmentBytes', segmentBytes, 1)
  return { ...options, directory: checkDirectory('outbox', directory), segmentBytes, disk }
}

/** The directory as an absolute path, because a program that changes its directory later still means this one. */
export function checkDirectory(part: string, directory: unknown): string {
  const isPath = typeof directory === 'string' && directory !== '' && !directory.includes('\0')
  if (!isPath) throw invalid(part, 'must be a path')
  return resolve(directory)
}

/** Makes the directory and sees that it can be read. */
export function openDirectory(part: string, disk: Disk, directory: string): void {
  try {
    disk.makeDirectory(directory)
    disk.list(directory)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (!PASSING.has(code)) throw invalid(part, `cannot be used: ${String(code)}`, error)
  }
}

function invalid(part: string, problem: string, cause?: unknown): TelemetryError {
  return new TelemetryError('invalid_option', `${part}: option 'directory' ${problem}`, { cause })
}
