import { realDisk } from '../outbox/disk.ts'
import { pathsOf, readState } from './load.ts'
import { DEFAULT_MAX_BYTES, type StateFileOptions } from './options.ts'

/**
 * Reads a state that another process may have open: what it has written last, whole. Undefined when there is none that can be used; what
 * is found is left as it is. Never throws.
 */
export function readStateFile<T>(
  options: Pick<StateFileOptions<T>, 'directory' | 'name' | 'version' | 'parse' | 'maxBytes' | 'disk'>,
): T | undefined {
  const { version, parse, maxBytes = DEFAULT_MAX_BYTES, disk = realDisk } = options
  const how = { version, parse, maxBytes, disk }
  const { file, backup } = pathsOf(options)
  const found = readState(file, how)
  // For a moment, while one takes the place of the other, there is only the backup; and for good, when the process ended in it.
  const used = 'problem' in found && found.problem === 'missing' ? readState(backup, how) : found
  return 'state' in used ? used.state : undefined
}
