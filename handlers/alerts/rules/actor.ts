import type { AlertRule, EventRule } from '../rule.ts'

/** The alerts of joerl's document as rules over events of `sonde/actor`. Rates are per second over five minutes. */
export const actorRules: readonly AlertRule[] = [
  often('actor_restarts', 'actor.supervisor.restart.stop', 0.1, {
    severity: 'high',
    by: ['type'],
    summary: '{type}: {value} restarts per second',
  }),
  {
    name: 'actor_restart_loop',
    kind: 'error_rate',
    severity: 'critical',
    event: 'actor.supervisor.intensity_exceeded',
    by: ['supervisor'],
    summary: '{supervisor}: its children fail faster than it may restart them',
  },
  {
    name: 'actor_backpressure',
    kind: 'resource_exhaustion',
    severity: 'medium',
    event: 'actor.mailbox.depth',
    measurement: 'type_utilization',
    stat: 'last',
    above: '80%',
    for: '1m',
    by: ['type'],
    summary: '{type}: a mailbox is {value} full, limit {threshold}',
  },
  often('actor_panics', 'actor.panicked', 0, { severity: 'high', by: ['type'], summary: '{type}: actors panic' }),
  often('actor_send_failures', 'actor.message.failed', 1, {
    by: ['reason'],
    summary: '{reason}: {value} messages per second are not sent',
  }),
  often('actor_abnormal_exits', 'actor.stopped', 0.1, {
    by: ['type'],
    keep: ({ reason }) => reason !== 'normal' && reason !== 'shutdown',
    summary: '{type}: {value} actors per second end abnormally',
  }),
  often('actor_short_lived', 'actor.stopped', 0.02, {
    by: ['type'],
    keep: (_metadata, { lifetime }) => typeof lifetime === 'number' && lifetime < 1e9,
    summary: '{type}: {value} actors per second live for less than a second',
  }),
  often('actor_remote_failures', 'actor.node.message.failed', 0.1, {
    by: ['target_node'],
    summary: '{target_node}: {value} messages per second are not sent',
  }),
  often('actor_connection_losses', 'actor.node.disconnected', 0.01, {
    by: ['node'],
    summary: '{node}: its connection is lost again and again',
  }),
  {
    name: 'actor_network_latency',
    kind: 'performance_degradation',
    severity: 'medium',
    event: ['actor.node.ping.stop', 'actor.node.ping.exception'],
    measurement: 'duration',
    stat: 'p95',
    above: '500ms',
    // There are twelve round trips a minute.
    windowMs: 300_000,
    minCount: 10,
    by: ['node'],
    summary: '{node}: a round trip takes {value} (p95), limit {threshold}',
  },
  often('actor_serialization_errors', 'actor.serialization.error', 0, { summary: 'Messages cannot be serialised' }),
]

function often(
  name: string,
  event: string,
  perSecond: number,
  rule: Pick<EventRule, 'severity' | 'by' | 'summary' | 'keep'>,
): EventRule {
  return { name, kind: 'error_rate', event, stat: 'rate', above: perSecond, windowMs: 300_000, ...rule }
}
