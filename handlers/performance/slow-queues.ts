import type { Measurements, Metadata } from 'sonde'
import { labelValue, readKey, type Tags } from 'sonde/metrics'
import { OVERFLOW, overflowTags } from './window.ts'

export interface SlowQueuesOptions {
  /** Metadata keys. */
  readonly tags: readonly string[]
  readonly thresholdNs: number
  readonly maxOperations: number
}

/** What `telemetry.performance.slow_queue` tells. */
export interface SlowQueue {
  readonly operation: string
  readonly tags: Tags
  /** Integer nanoseconds. */
  readonly queueTime: number
}

/** Which queues have been slow in the present window. */
export interface SlowQueues {
  /** The first slow `queue_time` of an event and its tags in the window; undefined for the others. */
  check(event: string, measurements: Measurements, metadata: Metadata): SlowQueue | undefined
  /** Begins a window. */
  clear(): void
}

/** Makes an empty one. Beyond `maxOperations` all that is slow is one more, told of once. */
export function createSlowQueues({ tags, thresholdNs, maxOperations }: SlowQueuesOptions): SlowQueues {
  const told = new Set<string>()

  function check(event: string, measurements: Measurements, metadata: Metadata): SlowQueue | undefined {
    const queue_time = readKey(measurements, 'queue_time')
    if (typeof queue_time !== 'number' || !(queue_time > thresholdNs) || queue_time > Number.MAX_SAFE_INTEGER)
      return undefined
    const own = tags.map((tag) => [tag, labelValue(readKey(metadata, tag))] as const)
    const key = JSON.stringify([event, own])
    if (told.has(key)) return undefined
    const room = told.size < maxOperations
    if (!room && told.has(OVERFLOW)) return undefined
    told.add(room ? key : OVERFLOW)
    const queueTime = Math.round(queue_time)
    return room
      ? { operation: event, tags: Object.fromEntries(own), queueTime }
      : { operation: OVERFLOW, tags: overflowTags, queueTime }
  }

  return { check, clear: () => told.clear() }
}
