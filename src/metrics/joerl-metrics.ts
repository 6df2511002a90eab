import type { Metadata } from '../core/types.ts'
import { counter, distribution, lastValue, sum } from './define.ts'
import type { MetricDefinition, MetricOptions } from './definition.ts'
import { readyMade } from './ready-made.ts'

const SECONDS = ['nanosecond', 'second'] as const
/** Seconds from a microsecond to ten. */
const BUCKETS = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10]
const HANDLED = ['actor.message.handle.stop', 'actor.message.handle.exception']
const CALLED = ['actor.gen_server.call.stop', 'actor.gen_server.call.exception']
const signalAsType = ({ signal }: Metadata) => ({ type: signal })

/**
 * The metrics of joerl under their own names and labels, `joerl_…`, so that its dashboards and alert rules show data: those that its document lists, those that only
 * its code has, and those that its plans name. Nothing is added up twice, gauges fall, and counters are right under sampling.
 */
export const joerlMetrics: readonly MetricDefinition[] = /* @__PURE__ */ readyMade(() => [
  count('actors_spawned_total', 'spawned', ['type']),
  gauge('actors_active', ['actor.spawned', 'actor.stopped'], 'active', ['type']),
  count('actors_stopped_total', 'stopped', ['type', 'reason']),
  count('actors_panicked_total', 'panicked', ['type']),
  seconds('actor_lifetime_seconds', ['actor.stopped'], 'lifetime', ['type']),
  count('short_lived_actors_total', 'stopped', ['type'], {
    keep: (_metadata, { lifetime }) => typeof lifetime === 'number' && lifetime < 1e9,
  }),
  count('messages_sent_total', 'message.sent'),
  count('messages_sent_failed_total', 'message.failed', ['reason']),
  count('messages_processed_total', 'message.handle.stop', [], { event: HANDLED }),
  seconds('message_processing_duration_seconds', HANDLED, 'duration'),
  seconds('message_queue_wait_seconds', ['actor.message.dequeued'], 'queue_time'),
  gauge('mailbox_depth', ['actor.mailbox.depth'], 'type_depth', ['type']),
  gauge('mailbox_utilization_percent', ['actor.mailbox.depth'], 'type_utilization', ['type'], {
    measurement: ({ type_utilization }) => Number(type_utilization) * 100,
  }),
  count('mailbox_full_total', 'mailbox.full', ['type']),
  count('links_created_total', 'link.created'),
  count('monitors_created_total', 'monitor.created'),
  count('supervisor_restarts_total', 'supervisor.restart.start', ['strategy']),
  count('supervisor_restart_intensity_exceeded_total', 'supervisor.intensity_exceeded'),
  seconds('supervisor_restart_duration_seconds', ['actor.supervisor.restart.stop'], 'duration'),
  seconds('gen_server_call_duration_seconds', CALLED, 'duration', ['type']),
  count('gen_server_casts_total', 'gen_server.cast', ['type']),
  gauge('gen_server_calls_in_flight', ['actor.gen_server.call.start', ...CALLED], 'in_flight', ['type']),
  count('gen_server_call_timeouts_total', 'gen_server.timeout', ['type']),
  count('gen_statem_transitions_total', 'gen_statem.transition', ['type', 'from', 'to']),
  seconds(
    'gen_statem_state_duration_seconds',
    ['actor.gen_statem.transition'],
    'state_duration',
    ['type', 'state'],
    ({ type, from }) => ({ type, state: from }),
  ),
  gauge('gen_statem_current_state', ['actor.gen_statem.population'], 'count', ['type', 'state']),
  count('gen_statem_invalid_transitions_total', 'gen_statem.invalid', ['type', 'state', 'event']),
  count('signals_sent_total', 'signal.sent', ['type'], { tagValues: signalAsType }),
  count('signals_received_total', 'signal.received', ['type'], { tagValues: signalAsType }),
  count('signals_ignored_total', 'signal.ignored', ['type'], { tagValues: signalAsType }),
  count('exit_signals_by_reason_total', 'signal.exit', ['reason']),
  count('remote_messages_sent_total', 'node.message.sent', ['target_node']),
  count('remote_messages_failed_total', 'node.message.failed', ['target_node', 'reason']),
  seconds('network_latency_seconds', ['actor.node.ping.stop'], 'duration', ['node']),
  count('node_connection_established_total', 'node.connected', ['node']),
  gauge('node_connections_active', ['actor.node.connected', 'actor.node.disconnected'], 'active'),
  count('node_connection_lost_total', 'node.disconnected', ['node']),
  count('serialization_errors_total', 'serialization.error'),
  gauge('system_memory_bytes', ['node.memory'], 'rss'),
  gauge('mailbox_memory_bytes', ['actor.mailbox.memory'], 'bytes', ['type']),
  gauge('mailbox_memory_total_bytes', ['actor.mailbox.memory'], 'total_bytes'),
  // In its code only.
  count('registry_registrations_total', 'registry.registered'),
  count('registry_unregistrations_total', 'registry.unregistered'),
  count('registry_lookups_total', 'registry.lookup'),
  count('registry_conflicts_total', 'registry.conflict'),
  gauge('registry_size', ['actor.registry.registered', 'actor.registry.unregistered'], 'size'),
  count('scheduled_messages_total', 'timer.scheduled'),
  count('scheduled_messages_cancelled_total', 'timer.cancelled'),
  count('scheduled_messages_delivered_total', 'timer.delivered'),
  gauge(
    'scheduled_messages_active',
    ['actor.timer.scheduled', 'actor.timer.cancelled', 'actor.timer.delivered'],
    'active',
  ),
  // In its plans only.
  gauge('mailbox_depth_max', ['actor.mailbox.depth'], 'type_max_depth', ['type']),
  sum('joerl.actor_lifetime_total_seconds', {
    ...about('actor_lifetime_total_seconds'),
    event: 'actor.stopped',
    measurement: 'lifetime',
    unit: SECONDS,
    tags: ['type'],
  }),
  gauge('actor_memory_bytes', ['actor.memory'], 'bytes', ['type']),
])

function count(
  name: string,
  event: string,
  tags: readonly string[] = [],
  more: Partial<MetricOptions> = {},
): MetricDefinition {
  return counter(`joerl.${name}`, { ...about(name), event: `actor.${event}`, tags, ...more })
}

function gauge(
  name: string,
  event: readonly string[],
  measurement: string,
  tags: readonly string[] = [],
  more: Partial<MetricOptions> = {},
): MetricDefinition {
  return lastValue(`joerl.${name}`, { ...about(name), event, measurement, tags, ...more })
}

function seconds(
  name: string,
  event: readonly string[],
  measurement: string,
  tags: readonly string[] = [],
  tagValues?: (metadata: Metadata) => Metadata,
): MetricDefinition {
  const options = { ...about(name), event, measurement, tags, unit: SECONDS, buckets: BUCKETS }
  return distribution(`joerl.${name}`, tagValues === undefined ? options : { ...options, tagValues })
}

function about(name: string): Pick<MetricOptions, 'exportName' | 'description'> {
  return { exportName: `joerl_${name}`, description: `joerl's ${name.replaceAll('_', ' ')}.` }
}
