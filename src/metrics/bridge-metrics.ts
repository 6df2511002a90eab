import { counter, distribution, lastValue, summary } from './define.ts'
import type { MetricDefinition } from './definition.ts'
import { readyMade } from './ready-made.ts'

/** Seconds: a call takes a tenth of a millisecond at least, and a start a tenth of a second. */
const BUCKETS = [1e-4, 1e-3, 0.01, 0.1, 1, 10, 100]
const SECONDS = ['nanosecond', 'second'] as const
const CALLED = ['bridge.call.stop', 'bridge.call.exception']

/**
 * What the bridge to Python does, by pool: one metric for each thing that can happen, each from the one event that tells of it. What calls are and wait, how workers
 * begin, end and are replaced, and what their telemetry loses.
 */
export const bridgeMetrics: readonly MetricDefinition[] = /* @__PURE__ */ readyMade(() => [
  time(
    'call',
    CALLED,
    'duration',
    ['pool', 'function', 'success'],
    'How long calls took, failures and waiting included.',
  ),
  summary('bridge.call.latency', {
    event: CALLED,
    measurement: 'duration',
    unit: SECONDS,
    tags: ['pool', 'function'],
    description: 'How long calls took in the last minute.',
  }),
  count('call.failures', 'call.exception', ['pool', 'function', 'error_category'], 'Calls that have no result.'),
  bytes('call.arguments', ['bridge.call.start'], 'args_size', 'Arguments of calls.'),
  bytes('call.results', ['bridge.call.stop'], 'result_size', 'Results of calls.'),
  count('call.late_replies', 'call.late_reply', ['pool'], 'Replies that nobody waited for any more.'),
  time(
    'pool.queue_time',
    ['bridge.pool.dequeued', 'bridge.pool.timeout'],
    'queue_time',
    ['pool'],
    'How long calls have waited.',
  ),
  level(
    'pool.queue_depth',
    ['bridge.pool.status', 'bridge.pool.enqueued', 'bridge.pool.dequeued'],
    'queue_depth',
    'Calls that wait.',
  ),
  level('pool.available_workers', ['bridge.pool.status'], 'available_workers', 'Workers that wait for a call.'),
  level('pool.busy_workers', ['bridge.pool.status'], 'busy_workers', 'Workers that run a call.'),
  level('pool.size', ['bridge.worker.spawned', 'bridge.worker.terminated'], 'total_workers', 'Workers that are ready.'),
  count('pool.timeouts', 'pool.timeout', ['pool'], 'Calls that have waited too long.'),
  count('pool.saturated', 'pool.saturated', ['pool'], 'Calls that were refused because too many wait.'),
  time('worker.startup', ['bridge.worker.spawned'], 'startup_time', ['pool'], 'How long workers took to be ready.'),
  count('worker.terminations', 'worker.terminated', ['pool', 'reason', 'planned'], 'Workers that have ended.'),
  time(
    'worker.downtime',
    ['bridge.worker.restarted'],
    'downtime',
    ['pool'],
    'How long nobody was in the place of a worker.',
  ),
  count('worker.restarts', 'worker.restarted', ['pool', 'reason'], 'Workers that have taken the place of another.'),
  count('worker.recycled', 'worker.recycled', ['pool', 'reason'], 'Workers that were replaced in time.'),
  count('worker.start_failures', 'worker.spawn.exception', ['pool'], 'Workers that could not be started.'),
  count('worker.health_check_failures', 'worker.health_check_failed', ['pool'], 'Workers that did not answer.'),
  time(
    'heartbeat.round_trip',
    ['bridge.heartbeat.received'],
    'round_trip',
    ['pool'],
    'How long workers took to answer.',
  ),
  count('heartbeat.missed', 'heartbeat.missed', ['pool'], 'Times that a worker has not answered.'),
  count('circuit.openings', 'circuit.opened', ['pool', 'reason'], 'Times that no worker could be started.'),
  count('retries', 'retry.attempt', ['pool', 'function'], 'Calls that were made again.'),
  count('retries.exhausted', 'retry.exhausted', ['pool', 'function'], 'Calls that were not made again.'),
  count(
    'telemetry.dropped',
    'telemetry.dropped',
    ['pool', 'reason'],
    'Times that workers have told of events they lost.',
  ),
  count(
    'telemetry.unknown',
    'telemetry.unknown_event',
    ['pool'],
    'Events of workers whose name is not of the catalog.',
  ),
])

function count(name: string, event: string, tags: readonly string[], description: string): MetricDefinition {
  return counter(`bridge.${name}`, { event: `bridge.${event}`, tags, description })
}

function level(name: string, event: readonly string[], measurement: string, description: string): MetricDefinition {
  return lastValue(`bridge.${name}`, { event, measurement, tags: ['pool'], description })
}

function bytes(name: string, event: readonly string[], measurement: string, description: string): MetricDefinition {
  const buckets = [100, 1_000, 10_000, 100_000, 1e6, 1e7]
  return distribution(`bridge.${name}.size`, {
    event,
    measurement,
    unit: 'byte',
    buckets,
    tags: ['pool', 'function'],
    description,
  })
}

function time(
  name: string,
  event: readonly string[],
  measurement: string,
  tags: readonly string[],
  description: string,
): MetricDefinition {
  return distribution(`bridge.${name}.duration`, {
    event,
    measurement,
    unit: SECONDS,
    buckets: BUCKETS,
    tags,
    description,
  })
}
