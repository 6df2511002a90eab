import { counter, distribution, sum, summary } from './define.ts'
import type { MetricDefinition, MetricOptions } from './definition.ts'

/**
 * What the bus and its handlers say about themselves: failures, drops, refused values, alerts, notifications and exports.
 * Each counts one event of the catalog's `telemetry` part, by the metadata that tells where to look.
 */
export const telemetryMetrics: readonly MetricDefinition[] = Object.freeze([
  count('handler.failures', 'handler.failure', ['handler_id', 'kind', 'state'], 'Handler calls that failed.'),
  count('handler.recoveries', 'handler.recovered', ['handler_id'], 'Quarantined handlers that came back.'),
  summary('telemetry.handler.slow.duration', {
    tags: ['handler_id'],
    unit: ['nanosecond', 'second'],
    description: 'Timed handler calls of more than 50 ms.',
  }),
  add('recursion.dropped', 'recursion', 'dropped', [], 'Emits and handler calls dropped by the recursion limits.'),
  count('spans.abandoned', 'span.abandoned', ['event'], 'Spans that never ended.'),
  count('control.changes', 'control.changed', ['source'], 'Changes of the rules of the bus.'),
  add('metrics.invalid_values', 'metrics.invalid', 'count', ['metric', 'reason'], 'Values that could not be recorded.'),
  count('metrics.overflows', 'metrics.overflow', ['metric', 'tag'], 'Times that a metric reached its cap of series.'),
  count('poller.failures', 'poller.failure', ['measurement'], 'Polled measurements that failed.'),
  count('correlation.rejected', 'correlation.rejected', ['header', 'reason'], 'Correlation headers refused.'),
  ...operation('sink.export', ['sink'], 'Exports of a sink'),
  add('sink.points', 'sink.export.start', 'points', ['sink'], 'Points that a sink set out to export.'),
  add('sink.dropped', 'sink.dropped', 'count', ['sink', 'reason'], 'Items that a sink has left out.'),
  count('performance.degradations', 'performance.degradation', ['operation'], 'Operations found slower than usual.'),
  count('performance.slow_queues', 'performance.slow_queue', ['operation'], 'Operations that waited too long.'),
  count('errors.spikes', 'errors.spike', ['operation', 'error_type'], 'Spikes of one error.'),
  count('alerts.fired', 'alert.firing', ['rule', 'severity'], 'Alerts that began to fire or were told again.'),
  count('alerts.resolved', 'alert.resolved', ['rule', 'severity'], 'Alerts that ended.'),
  count('alerts.suppressed', 'alert.suppressed', ['rule', 'reason'], 'Occurrences that were not told.'),
  count('alerts.acknowledged', 'alert.acknowledged', ['rule'], 'Alerts that somebody has taken.'),
  ...operation('notification', ['destination'], 'Notifications'),
  count('health.changes', 'health.changed', ['from', 'to'], 'Changes of the health of this process.'),
])

function count(name: string, event: string, tags: readonly string[], description: string): MetricDefinition {
  return counter(`telemetry.${name}`, { event: `telemetry.${event}`, tags, description })
}

function add(name: string, event: string, key: string, tags: readonly string[], description: string): MetricDefinition {
  return sum(`telemetry.${name}`, { event: `telemetry.${event}`, measurement: key, tags, description })
}

/** How long an operation of ours takes, to the end and in the last minute. */
function operation(name: string, tags: readonly string[], what: string): MetricDefinition[] {
  const options: MetricOptions = {
    event: [`telemetry.${name}.stop`, `telemetry.${name}.exception`],
    measurement: 'duration',
    tags: [...tags, 'outcome'],
    unit: ['nanosecond', 'second'],
  }
  return [
    distribution(`telemetry.${name}.duration`, { ...options, description: `${what}.` }),
    summary(`telemetry.${name}.latency`, { ...options, description: `${what}: quantiles of the last minute.` }),
  ]
}
