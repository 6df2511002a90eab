import type { Clock } from 'sonde'
import { runInSlices, Stopped } from 'sonde/delivery'
import type { Encoder } from './encode.ts'
import { encodeForeign, withoutTimestamps } from './foreign.ts'
import type { Format } from './format.ts'
import { claimedNames } from './names.ts'
import { type DropReason, type Registry, readRegistry } from './registry.ts'

/** What an exposition is made of. */
export interface ExpositionParts {
  readonly encoder: Encoder
  readonly registries: readonly Registry[]
  readonly clock: Clock
  /** Of the registries; ours have none. A Pushgateway refuses all of a push for one. Default `kept`. */
  readonly timestamps?: 'kept' | 'omitted'
  /** Told what of the registries is missing, and why. */
  drop(reason: DropReason, count: number): void
}

/**
 * Writes our metrics and those of the user's registries, in slices.
 *
 * Ours win where names clash, then the registries in their order: the clashing family is left out, because Prometheus
 * would take either of two and not say which. Throws `Stopped` when `isWanted` turns false.
 */
export async function writeExposition(
  { encoder, registries, clock, timestamps = 'kept', drop }: ExpositionParts,
  format: Format,
  isWanted: () => boolean = () => true,
): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  const take = (text: string) => {
    pieces.push(Buffer.from(text, 'utf8'))
    return isWanted()
  }
  await runInSlices(encoder.encode(format), take)
  const claimed = new Set(encoder.families.flatMap(({ name, type }) => claimedNames(name, type)))
  for (const registry of registries) {
    if (!isWanted()) throw new Stopped()
    const foreign = await readRegistry(registry, clock, drop)
    if (foreign === undefined) continue
    const text = timestamps === 'kept' ? foreign : withoutTimestamps(foreign)
    const clashes = await runInSlices(encodeForeign(text, format, claimed), take)
    if (clashes > 0) drop('invalid', clashes)
  }
  if (format === 'openmetrics') pieces.push(Buffer.from('# EOF\n'))
  return pieces
}

/** Pieces decoded at a time: V8 does not move strings of that size about when it collects garbage. */
const JOINED = 4

/** The pieces as one string, in slices too. */
export async function joinPieces(pieces: readonly Buffer[]): Promise<string> {
  let text = ''
  const starts = Array.from({ length: Math.ceil(pieces.length / JOINED) }, (_, group) => group * JOINED)
  await runInSlices(starts.values(), (start) => {
    text += Buffer.concat(pieces.slice(start, start + JOINED)).toString()
    return true
  })
  return text
}
