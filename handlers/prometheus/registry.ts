import type { Clock } from 'sonde'
import { runInSlices } from 'sonde/delivery'
import { type ForeignText, foreignFormat, parseForeign } from './foreign.ts'

/** A registry of another library, for example prom-client's `register`. */
export interface Registry {
  /** The whole exposition in the format that `contentType` names. */
  metrics(): Promise<string> | string
  readonly contentType: string
}

/** Why a registry, or a part of it, is missing in a scrape: words of `telemetry.sink.dropped`. */
export type DropReason = 'permanent' | 'expired' | 'invalid'

/** A registry that has not answered after this long is left out of the scrape. */
const PATIENCE_MS = 5_000

/**
 * Reads a registry; undefined when it threw, answered late or answered something else than text.
 * `drop` is told why, and how many lines were malformed.
 */
export async function readRegistry(
  registry: Registry,
  clock: Clock,
  drop: (reason: DropReason, count: number) => void,
): Promise<ForeignText | undefined> {
  try {
    const text: unknown = await withPatience(async () => registry.metrics(), clock)
    if (text === late || typeof text !== 'string') {
      drop(text === late ? 'expired' : 'invalid', 1)
      return undefined
    }
    const foreign = await runInSlices(parseForeign(text, foreignFormat(String(registry.contentType))))
    if (foreign.malformed > 0) drop('invalid', foreign.malformed)
    return foreign
  } catch {
    drop('permanent', 1)
    return undefined
  }
}

const late = Symbol('late')

async function withPatience<T>(ask: () => Promise<T>, clock: Clock): Promise<T | typeof late> {
  let cancel = () => {}
  const expired = new Promise<typeof late>((resolve) => {
    cancel = clock.after(PATIENCE_MS, () => resolve(late))
  })
  try {
    return await Promise.race([ask(), expired])
  } finally {
    cancel()
  }
}
