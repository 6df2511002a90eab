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
  const found = readState(pathsOf(options).file, { version, parse, maxBytes, disk })
  return 'state' in found ? found.state : undefined
}
