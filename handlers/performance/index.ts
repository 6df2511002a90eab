import { type Bus, type Measurements, type Metadata, operationPatterns } from 'sonde'
import { catalog } from 'sonde/catalog'
import type { Degradation } from './baseline.ts'
import { createBaselines } from './baselines.ts'
import { createNames } from './names.ts'
import { type PerformanceOptions, readOptions } from './options.ts'
import { createSlowQueues } from './slow-queues.ts'
import { createWindow, type Figures } from './window.ts'

export type { PerformanceOptions } from './options.ts'
export type { Figures } from './window.ts'

/** What an operation has done since its window began, and what is expected of it. */
export interface OperationReport extends Figures {
  /** The p99 that it has had so far, in nanoseconds; undefined until it is known. */
  readonly baseline: number | undefined
  /** Whether it was degraded when the last window ended. */
  readonly degraded: boolean
}

export interface PerformanceAttachment {
  /** The running window, one row per operation and tags: plain data. Readable after `detach()`. */
  report(): OperationReport[]
  /** Emits nothing more. What the running window holds is not told of. Safe to repeat. */
  detach(): void
  /** Resolves at once: a window is told of when it ends, and not before. */
  flush(): Promise<void>
}

const ENDS = ['stop', 'exception']

/**
 * Watches how long operations take and how often they fail.
 *
 * Windows follow upon each other (they do not roll): each end of an operation is in one of them. When one ends,
 * `telemetry.performance.summary` is emitted for each operation that has ended in it, and `telemetry.performance.degradation` when
 * its p99 is now above its own past (`judge`), once until it is back. A window ends when its timer runs: it is longer where the event
 * loop is blocked. `telemetry.performance.slow_queue` is emitted at once for the first `queue_time` above the limit in a window.
 *
 * A failure is what `isFailedEnd` says. Ends without a duration are left out. Wrong options throw `invalid_option` or `invalid_pattern`.
 */
export function attachPerformance(bus: Bus, options: PerformanceOptions = {}): PerformanceAttachment {
  const settings = readOptions(options)
  const { tags, maxOperations, slowQueueNs: threshold } = settings
  const { operations = ['**'], queues = queueEvents(), id = 'performance' } = options
  const baselines = createBaselines(settings)
  const slowQueues = createSlowQueues({ tags, maxOperations, thresholdNs: threshold })
  const nameOf = createNames([...operations, ...queues])
  const createEmpty = () => createWindow({ clock: bus.clock, tags, maxOperations })
  let window = createEmpty()
  let attached = true

  function takeEnd(event: string, measurements: Measurements, metadata: Metadata): void {
    const name = nameOf(event)
    if (name === undefined) return
    try {
      window.record({ name, measurements, metadata })
    } catch {
      // Measurements that cannot be read are missing.
    }
    takeQueue(event, measurements, metadata)
  }

  function takeQueue(event: string, measurements: Measurements, metadata: Metadata): void {
    const slow = nameOf(event) && slowQueues.check(event, measurements, metadata)
    if (slow === undefined) return
    const { operation, queueTime } = slow
    const times = { queue_time: queueTime, threshold }
    bus.execute('telemetry.performance.slow_queue', times, { operation, tags: slow.tags })
  }

  function endWindow(): void {
    const ended = window.read()
    window = createEmpty()
    slowQueues.clear()
    const now = bus.clock.monotonicTime()
    for (const figures of ended) {
      const degradation = baselines.judge(figures, now)
      // Whoever is told may detach us.
      if (attached) tell(figures, degradation)
    }
    baselines.expire(now)
  }

  function tell({ operation, tags, kept, ...measurements }: Figures, degradation: Degradation | undefined): void {
    bus.execute('telemetry.performance.summary', measurements, { operation, tags })
    if (degradation !== undefined) bus.execute('telemetry.performance.degradation', degradation, { operation, tags })
  }

  const releases: (() => unknown)[] = [bus.attachMany(id, operationPatterns(operations, ENDS), takeEnd)]
  try {
    if (queues.length > 0) releases.push(bus.attachMany(`${id}.queues`, queues, takeQueue))
  } catch (error) {
    detach()
    throw error
  }
  releases.push(bus.clock.every(settings.windowMs, endWindow))

  function detach(): void {
    attached = false
    for (const release of releases.splice(0)) release()
  }

  return {
    detach,
    flush: async () => {},
    report: () =>
      window.read().map((figures) => {
        const { p99, degraded = false } = baselines.get(figures) ?? {}
        return { ...figures, baseline: p99 === undefined ? undefined : Math.round(p99), degraded }
      }),
  }
}

/** What the catalog says; the ends of operations are heard anyway. */
function queueEvents(): string[] {
  return catalog.events
    .filter(({ name, measurements }) => !name.startsWith('telemetry.') && measurements.some(isQueueTime))
    .map(({ name }) => name)
}

function isQueueTime({ key }: { readonly key: string }): boolean {
  return key === 'queue_time'
}
