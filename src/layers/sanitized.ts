import { type SafeLimits, type SafeRecord, type SafeValue, toSafe } from './to-safe.ts'

export interface SanitizedOptions extends SafeLimits {
  /** The metadata keys that pass; all without it. */
  readonly allow?: readonly string[]
  /** Metadata keys that do not pass, beside those that are known to be secret. */
  readonly drop?: readonly string[]
}

/**
 * `handler` with copies of measurements and metadata that may leave the process: plain, bounded, without known secrets (`toSafe`).
 * They are taken when the event is emitted, so what the emitter changes later does not show.
 */
export function sanitized<E extends string, C>(
  options: SanitizedOptions,
  handler: (event: E, measurements: SafeRecord, metadata: SafeRecord, config: C) => void | Promise<void>,
): (event: E, measurements: object, metadata: object, config: C) => void | Promise<void> {
  const { allow, drop } = options
  const isAllowed = allow === undefined ? undefined : new Set(allow)
  const isDropped = new Set(drop)

  function safeMetadata(metadata: object): SafeRecord {
    const safe = toRecord(toSafe(metadata, options))
    if (isAllowed === undefined && isDropped.size === 0) return safe
    const kept = Object.entries(safe).filter(([key]) => (isAllowed?.has(key) ?? true) && !isDropped.has(key))
    return Object.fromEntries(kept)
  }

  return (event, measurements, metadata, config) =>
    handler(event, toRecord(toSafe(measurements, options)), safeMetadata(metadata), config)
}

/** A proxy, for one, comes out of `toSafe` as a mark. */
function toRecord(safe: SafeValue): SafeRecord {
  return typeof safe === 'object' && safe !== null && !isList(safe) ? safe : { value: safe }
}

function isList(value: SafeValue): value is readonly SafeValue[] {
  return Array.isArray(value)
}
