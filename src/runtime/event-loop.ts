import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { PolledMeasurement } from './measurement.ts'

/** Between two looks at the loop, in milliseconds: Node's default. */
const RESOLUTION_MS = 10

/** What is read of Node's histogram. */
export type DelayHistogram = Pick<IntervalHistogram, 'count' | 'min' | 'mean' | 'max' | 'stddev' | 'percentile'>

/** `node.event_loop.delay`. The histogram's timer runs only while somebody listens. */
export function measureEventLoopDelay(
  monitor: typeof monitorEventLoopDelay = monitorEventLoopDelay,
): PolledMeasurement {
  let histogram: IntervalHistogram | undefined
  return {
    name: 'node.event_loop.delay',
    event: 'node.event_loop.delay',
    read() {
      if (histogram === undefined) {
        histogram = monitor({ resolution: RESOLUTION_MS })
        histogram.enable()
        return undefined
      }
      const delay = delayOf(histogram, RESOLUTION_MS * 1e6)
      histogram.reset()
      return delay
    },
    release() {
      histogram?.disable()
      histogram = undefined
    },
  }
}

/**
 * The measurements of `node.event_loop.delay`; undefined for an empty histogram, whose minimum would be 2^63.
 *
 * Node records the whole time between two runs of its timer (20, 22 and 24 alike), so that an idle loop reads as 10 ms.
 * Delay is what is beyond the timer's own `interval`.
 */
export function delayOf(histogram: DelayHistogram, interval: number): Record<string, number> | undefined {
  if (histogram.count === 0) return undefined
  const beyond = (value: number) => Math.max(0, Math.round(value - interval))
  return {
    min: beyond(histogram.min),
    mean: beyond(histogram.mean),
    max: beyond(histogram.max),
    stddev: Math.round(histogram.stddev),
    p50: beyond(histogram.percentile(50)),
    p95: beyond(histogram.percentile(95)),
    p99: beyond(histogram.percentile(99)),
  }
}

/** `node.event_loop.utilization`: the share of the time since the last poll that the loop was not waiting. */
export function measureEventLoopUtilization(): PolledMeasurement {
  let last: EventLoopUtilization | undefined
  return {
    name: 'node.event_loop.utilization',
    event: 'node.event_loop.utilization',
    read() {
      const before = last
      last = performance.eventLoopUtilization()
      if (before === undefined) return undefined
      const { idle, active, utilization } = performance.eventLoopUtilization(last, before)
      return { idle: Math.round(idle * 1e6), active: Math.round(active * 1e6), utilization }
    },
    release() {
      last = undefined
    },
  }
}
