import { TelemetryError } from '../../core/errors.ts'
import type { Bus } from '../../core/types.ts'
import { checkNumber } from '../check-number.ts'
import { type Disk, realDisk } from '../outbox/disk.ts'
import { checkDirectory } from '../outbox/options.ts'

/** 16 MiB. */
export const DEFAULT_MAX_BYTES: number = 16 * 1_048_576

/** What is kept, and where. */
export interface StateFileOptions<T> {
  readonly bus: Bus
  /** The handler, as `telemetry.state.*` and errors name it. */
  readonly sink: string
  /** Made when it is missing. It may hold other files too. */
  readonly directory: string
  /** Name of the file without `.json`: `a-z`, `0-9` and `-`. A constant of the handler, never from data. */
  readonly name: string
  /** Of the content, an integer from 1 on. What another version has written is not used. */
  readonly version: number
  /** Narrows what was read; undefined, or a throw, when it is not what it should be. */
  readonly parse: (value: unknown) => T | undefined
  /** The state as JSON can hold it, asked when it is written. */
  readonly read: () => T
  /** A change is written after this many milliseconds, together with those that came in the meantime. Default 1,000. */
  readonly intervalMs?: number
  /** A file that is larger is neither read nor written. Default 16 MiB. */
  readonly maxBytes?: number
  /** Another file system, for tests. */
  readonly disk?: Disk
}

/** Throws `invalid_option` for what cannot be a file of state. */
export function checkStateFile<T>(options: StateFileOptions<T>): Required<StateFileOptions<T>> {
  const { sink, name, version, intervalMs = 1_000, maxBytes = DEFAULT_MAX_BYTES, disk = realDisk } = options
  if (typeof sink !== 'string' || sink === '') throw invalid('state file', "'sink' must be the name of a handler")
  const directory = checkDirectory(sink, options.directory)
  if (typeof name !== 'string' || !/^[a-z0-9-]{1,64}$/.test(name))
    throw invalid(sink, "'name' must be 1 to 64 of a-z, 0-9 and '-'")
  if (!(Number.isSafeInteger(version) && version > 0)) throw invalid(sink, "'version' must be an integer, at least 1")
  for (const key of ['parse', 'read'] as const) {
    if (typeof options[key] !== 'function') throw invalid(sink, `'${key}' must be a function`)
  }
  checkNumber(sink, 'intervalMs', intervalMs, 1)
  checkNumber(sink, 'maxBytes', maxBytes, 1)
  return { ...options, directory, intervalMs, maxBytes, disk }
}

function invalid(part: string, problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `${part}: option ${problem}`)
}
