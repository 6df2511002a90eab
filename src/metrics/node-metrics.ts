import type { EventDefinition, MeasurementDefinition } from '../catalog/event-definition.ts'
import { nodeEvents } from '../catalog/node.ts'
import { distribution, lastValue, sum, summary } from './define.ts'
import type { MetricDefinition, MetricOptions } from './definition.ts'
import { readyMade } from './ready-made.ts'

/** Collections take from microseconds to seconds; bounds in seconds. */
const GC_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1]
/** Times that are told since the last poll, so that only their sum means something. */
const SINCE_LAST_POLL = new Set([
  'node.cpu.user',
  'node.cpu.system',
  'node.event_loop.utilization.idle',
  'node.event_loop.utilization.active',
])

/**
 * Memory, heap, event loop, garbage collection and CPU of this process: one metric per measurement of the catalog's `node`
 * events, in seconds, bytes and ratios. Gauges, but for the times since the last poll, which are sums, and
 * `node.gc.duration`, which is a distribution with the rolling quantiles `node.gc.latency` beside it.
 */
export const nodeMetrics: readonly MetricDefinition[] = /* @__PURE__ */ readyMade(() =>
  nodeEvents.events.flatMap((event) => (event.name === 'node.gc.completed' ? gcMetrics(event) : eventMetrics(event))),
)

function eventMetrics(event: EventDefinition): MetricDefinition[] {
  return event.measurements.map((measurement) => {
    const name = `${event.name}.${measurement.key}`
    const define = SINCE_LAST_POLL.has(name) ? sum : lastValue
    return define(name, {
      ...optionsOf(event, measurement),
      description: `${event.description} ${measurement.meaning}`,
    })
  })
}

function gcMetrics(event: EventDefinition): MetricDefinition[] {
  const options: MetricOptions = {
    event: event.name,
    measurement: 'duration',
    tags: ['kind'],
    unit: ['nanosecond', 'second'],
  }
  return [
    distribution('node.gc.duration', {
      ...options,
      buckets: GC_BUCKETS,
      description: 'Runs of the garbage collector.',
    }),
    summary('node.gc.latency', {
      ...options,
      description: 'Runs of the garbage collector: quantiles of the last minute.',
    }),
  ]
}

function optionsOf({ metadata }: EventDefinition, { key, unit, optional }: MeasurementDefinition): MetricOptions {
  return {
    tags: metadata.map((tag) => tag.key),
    unit: unit === 'nanosecond' ? ['nanosecond', 'second'] : unit === 'millisecond' ? ['millisecond', 'second'] : unit,
    ...(optional && { keep: (_metadata, measurements) => measurements[key] !== undefined }),
  }
}
