import { type Bus, isFailedEnd, type Measurements, type Metadata, operationPatterns } from 'sonde'
import { labelValue, readKey, sampleWeight } from 'sonde/metrics'
import { readFailure } from './failure.ts'
import { fingerprintOf } from './fingerprint.ts'
import { createLru } from './lru.ts'
import { type ErrorsOptions, readOptions } from './options.ts'
import { createPattern, type FingerprintCount, type Pattern } from './pattern.ts'
import { createSlidingCount } from './sliding-count.ts'

export type { ErrorsOptions } from './options.ts'
export type { FingerprintCount } from './pattern.ts'

/** One kind of failure. */
export interface ErrorReport {
  readonly operation: string
  readonly errorType: string
  readonly tags: { readonly [key: string]: string }
  /** Since it is kept. */
  readonly count: number
  /** Within the window. */
  readonly recent: number
  readonly spikes: number
  /** Milliseconds since the epoch. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** The most frequent first. */
  readonly fingerprints: readonly FingerprintCount[]
}

export interface ErrorsAttachment {
  /** The kinds of failures that are kept, the most frequent first: plain data. Readable after `detach()`. */
  report(): ErrorReport[]
  /** Watches no more. Safe to repeat. */
  detach(): void
  /** Resolves at once: a spike is told of when it happens. */
  flush(): Promise<void>
}

/** What is kept of one kind. */
interface Kept {
  readonly pattern: Pattern
  readonly operation: string
  readonly errorType: string
  readonly tags: { readonly [key: string]: string }
  readonly firstSeen: number
  lastSeen: number
}

const ENDS = ['stop', 'exception']

/**
 * Watches for operations that begin to fail: `telemetry.errors.spike` when the `threshold`-th failure of one operation, type of error and tags
 * comes within the window, and then not again before a window has passed. Counts of the event are to a tenth of the window.
 *
 * A failure is what `isFailedEnd` says. Memory is bounded whatever fails: messages are kept as fingerprints without ids, numbers and known
 * secrets, a few of each kind. Wrong options throw `invalid_option` or `invalid_pattern`. As a rule for `attachAlerts`:
 * `{ name: 'error_spike', kind: 'error_spike', event: 'telemetry.errors.spike', by: ['operation', 'error_type'] }`.
 */
export function attachErrors(bus: Bus, options: ErrorsOptions = {}): ErrorsAttachment {
  const settings = readOptions(options)
  const { tags, maxKeys, windowNs } = settings
  const { operations = ['**'], id = 'errors' } = options
  const watchesTelemetry = operations.some((pattern) => pattern.startsWith('telemetry.'))
  const ends = createLru(maxKeys, () => createSlidingCount(windowNs))
  const kinds = createLru(maxKeys, makeKept)

  function makeKept(key: string): Kept {
    // The cast: what this file has written into the key.
    const [operation, errorType, values] = JSON.parse(key) as [string, string, string[]]
    const time = bus.clock.wallTime()
    const own = Object.fromEntries(tags.map((tag, index) => [tag, values[index] ?? '']))
    return { pattern: createPattern(settings), operation, errorType, tags: own, firstSeen: time, lastSeen: time }
  }

  function takeEnd(event: string, measurements: Measurements, metadata: Metadata): void {
    if (!watchesTelemetry && event.startsWith('telemetry.')) return
    const border = event.lastIndexOf('.')
    const operation = event.slice(0, border)
    const now = bus.clock.monotonicTime()
    const weight = sampleWeight(readKey(measurements, 'sample_weight'))
    // Of an operation that nothing was heard of for long it begins anew: there may be more failures than ends.
    const all = ends.of(operation)
    all.add(now, weight)
    if (!isFailedEnd(event.slice(border + 1), metadata)) return
    const { errorType, message } = readFailure(metadata)
    const kept = kinds.of(JSON.stringify([operation, errorType, tags.map((tag) => labelValue(readKey(metadata, tag)))]))
    kept.lastSeen = bus.clock.wallTime()
    if (!kept.pattern.fail(now, weight, fingerprintOf(message))) return
    tell(kept, all.total(now), now)
  }

  function tell({ pattern, operation, errorType, tags: own }: Kept, all: number, now: number): void {
    const error_count = pattern.recent.total(now)
    const [most] = pattern.fingerprints()
    bus.execute(
      'telemetry.errors.spike',
      { error_count, error_rate: Math.min(1, error_count / all), window: windowNs },
      { operation, error_type: errorType, fingerprint: most?.fingerprint ?? '', tags: own },
    )
  }

  const detach = bus.attachMany(id, operationPatterns(operations, ENDS), takeEnd)

  return {
    detach: () => void detach(),
    flush: async () => {},
    report() {
      const now = bus.clock.monotonicTime()
      return [...kinds.entries()]
        .map(([, { pattern, ...rest }]) => ({
          ...rest,
          count: pattern.count,
          recent: pattern.recent.total(now),
          spikes: pattern.spikes,
          fingerprints: pattern.fingerprints(),
        }))
        .sort((one, other) => other.count - one.count)
    },
  }
}
