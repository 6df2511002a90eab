import { TelemetryError } from '../core/errors.ts'
import type { Metadata } from '../core/types.ts'

type Call<E, M, D, C> = (event: E, measurements: M, metadata: D, config: C) => void | Promise<void>

export interface LimitedOptions {
  /** The metadata keys whose combinations are counted. */
  readonly tags: readonly string[]
  /** Combinations that pass, over all events; default 2,000. */
  readonly maxTagSets?: number
}

/** A longer value overflows at once, so that the memory for the sets seen has a bound. */
const MAX_VALUE_LENGTH = 256

/**
 * `handler` with a bound on the tag sets that it ever sees, for one that keeps something for each. The first `maxTagSets` combinations of
 * event and tags pass as they are; later ones come with those tags taken out and `overflow: 'true'` in their place, so totals stay exact.
 *
 * Values other than strings, numbers and booleans, and strings over 256 characters, overflow too. Wrong options throw `invalid_option`.
 */
export function limited<E extends string, M, C>(
  options: LimitedOptions,
  handler: Call<E, M, Metadata, C>,
): Call<E, M, Metadata, C> {
  const { tags, maxTagSets = 2_000 } = options
  if (!Array.isArray(tags) || tags.length === 0) {
    throw new TelemetryError('invalid_option', "limited: 'tags' must be a list of metadata keys")
  }
  if (!Number.isInteger(maxTagSets) || maxTagSets < 1) {
    throw new TelemetryError('invalid_option', `limited: 'maxTagSets' must be a whole number from 1, got ${maxTagSets}`)
  }
  const seen = new Set<string>()

  /** Whether the combination is one of the first. */
  function admit(event: string, metadata: Metadata): boolean {
    const values = tags.map((tag) => metadata[tag] ?? '')
    if (!values.every(isTag)) return false
    const key = JSON.stringify([event, ...values.map(String)])
    if (seen.has(key)) return true
    if (seen.size >= maxTagSets) return false
    seen.add(key)
    return true
  }

  return (event, measurements, metadata, config) => {
    if (admit(event, metadata)) return handler(event, measurements, metadata, config)
    const others = Object.entries(metadata).filter(([key]) => !tags.includes(key))
    return handler(event, measurements, { ...Object.fromEntries(others), overflow: 'true' }, config)
  }
}

function isTag(value: unknown): boolean {
  return typeof value === 'string'
    ? value.length <= MAX_VALUE_LENGTH
    : typeof value === 'number' || typeof value === 'boolean'
}
