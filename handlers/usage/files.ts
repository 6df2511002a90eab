import { readdirSync } from 'node:fs'
import { type Bus, TelemetryError } from 'sonde'
import { openStateFile, readStateFile, type StateFile } from 'sonde/delivery'
import { type KeptUsage, parseUsage } from './counts.ts'

/** The file of this process, among those of others. */
export interface UsageFiles {
  readonly own: StateFile<KeptUsage>
  /** What all others have written last. */
  others(): readonly KeptUsage[]
}

const VERSION = 1
/** As many processes may share a directory. */
const MAX_FILES = 256

/**
 * Takes the first file that no living process has, and what a dead one has left in it: it is counted on, so there are never more files than
 * there were processes at a time, and no count is in two of them.
 */
export function openFiles(
  bus: Bus,
  {
    sink,
    directory,
    intervalMs,
    read,
  }: { readonly sink: string; readonly directory: string; readonly intervalMs: number; read(): KeptUsage },
): UsageFiles {
  for (let number = 0; number < MAX_FILES; number++) {
    try {
      const own = openStateFile({
        bus,
        sink,
        directory,
        name: `usage-${number}`,
        version: VERSION,
        parse: parseUsage,
        read,
        intervalMs,
      })
      return { own, others: () => readOthers(directory, number) }
    } catch (error) {
      if (!(error instanceof TelemetryError && error.code === 'directory_in_use')) throw error
    }
  }
  throw new TelemetryError(
    'directory_in_use',
    `usage: ${MAX_FILES} processes share this directory already; give some another one`,
  )
}

function readOthers(directory: string, own: number): KeptUsage[] {
  return numbersIn(directory)
    .filter((number) => number !== own)
    .flatMap(
      (number) => readStateFile({ directory, name: `usage-${number}`, version: VERSION, parse: parseUsage }) ?? [],
    )
}

function numbersIn(directory: string): number[] {
  try {
    // Of one that ended while it wrote there may be the backup only.
    const numbers = readdirSync(directory).flatMap((name) => /^usage-(\d{1,3})\.json(?:\.bak)?$/.exec(name)?.[1] ?? [])
    return [...new Set(numbers.map(Number))]
  } catch {
    return []
  }
}
