import { counter, distribution, lastValue, summary } from './define.ts'
import type { MetricDefinition, MetricOptions } from './definition.ts'
import { readyMade } from './ready-made.ts'

/** Seconds from a microsecond to ten: what messages take, and how long actors live. */
const BUCKETS = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10]
const SECONDS = ['nanosecond', 'second'] as const
const HANDLED = ['actor.message.handle.stop', 'actor.message.handle.exception']
const CALLED = ['actor.gen_server.call.stop', 'actor.gen_server.call.exception']

/**
 * What actors do, by their type: one metric for each thing that can happen, each from the one event that tells of it. Gauges fall when mailboxes are
 * emptied and actors end.
 */
export const actorMetrics: readonly MetricDefinition[] = /* @__PURE__ */ readyMade(() => [
  count('spawned', 'spawned', ['type'], 'Actors that were made.'),
  level('active', ['actor.spawned', 'actor.stopped'], 'active', ['type'], 'Actors that live.'),
  count('stopped', 'stopped', ['type', 'reason'], 'Actors that have ended.'),
  count('panicked', 'panicked', ['type'], 'Actors that have thrown or rejected.'),
  time('lifetime', ['actor.stopped'], 'lifetime', 'How long actors have lived.'),
  counter('actor.short_lived', {
    event: 'actor.stopped',
    tags: ['type'],
    keep: (_metadata, { lifetime }) => typeof lifetime === 'number' && lifetime < 1e9,
    description: 'Actors that have lived for less than a second.',
  }),
  count('messages.sent', 'message.sent', ['type'], 'Messages that were put into mailboxes.'),
  count('messages.failed', 'message.failed', ['reason'], 'Messages that nobody has taken.'),
  time('message.handling', HANDLED, 'duration', 'How long messages were handled, failures included.'),
  time('message.queue_time', ['actor.message.dequeued'], 'queue_time', 'How long messages have waited.'),
  summary('actor.message.latency', {
    event: HANDLED,
    measurement: 'duration',
    unit: SECONDS,
    tags: ['type'],
    description: 'How long messages were handled in the last minute.',
  }),
  level('mailbox.depth', ['actor.mailbox.depth'], 'type_depth', ['type'], 'Messages that wait.'),
  level('mailbox.max_depth', ['actor.mailbox.depth'], 'type_max_depth', ['type'], 'Messages in the deepest mailbox.'),
  level('mailbox.utilization', ['actor.mailbox.depth'], 'type_utilization', ['type'], 'Of the fullest mailbox.'),
  count('mailbox.full', 'mailbox.full', ['type'], 'Messages that have met a full mailbox.'),
  count('links', 'link.created', [], 'Links that were made.'),
  count('monitors', 'monitor.created', [], 'Monitors that were made.'),
  count('signals.sent', 'signal.sent', ['signal'], 'Signals that were sent.'),
  count('signals.received', 'signal.received', ['signal'], 'Signals that have reached an actor.'),
  count('signals.ignored', 'signal.ignored', ['signal'], 'Signals that have changed nothing.'),
  count('exit_signals', 'signal.exit', ['reason'], 'Exit signals that were sent.'),
  count('supervisor.restarts', 'supervisor.restart.start', ['strategy', 'type'], 'Restarts by supervisors.'),
  time('supervisor.restart', ['actor.supervisor.restart.stop'], 'duration', 'How long restarts have taken.', [
    'strategy',
  ]),
  count('supervisor.intensity_exceeded', 'supervisor.intensity_exceeded', [], 'Supervisors that have given up.'),
  time('gen_server.call', CALLED, 'duration', 'How long callers have waited, failures included.'),
  level(
    'gen_server.calls_in_flight',
    [...CALLED, 'actor.gen_server.call.start'],
    'in_flight',
    ['type'],
    'Calls that wait.',
  ),
  count('gen_server.timeouts', 'gen_server.timeout', ['type'], 'Calls that have waited too long.'),
  count('gen_server.late_replies', 'gen_server.late_reply', ['type'], 'Replies that nobody waited for any more.'),
  count('gen_server.casts', 'gen_server.cast', ['type'], 'Casts that were sent.'),
  count('gen_statem.transitions', 'gen_statem.transition', ['type', 'from', 'to'], 'Changes of state.'),
  time('gen_statem.state', ['actor.gen_statem.transition'], 'state_duration', 'How long states have lasted.', [
    'type',
    'from',
  ]),
  count('gen_statem.invalid', 'gen_statem.invalid', ['type', 'state', 'event'], 'Events that meant nothing.'),
  level(
    'gen_statem.population',
    ['actor.gen_statem.population'],
    'count',
    ['type', 'state'],
    'Machines in each state.',
  ),
  count('registry.registrations', 'registry.registered', [], 'Names that were given.'),
  count('registry.unregistrations', 'registry.unregistered', [], 'Names that were given up.'),
  count('registry.lookups', 'registry.lookup', ['found'], 'Names that were asked for.'),
  count('registry.conflicts', 'registry.conflict', [], 'Names that were asked for and taken.'),
  level(
    'registry.size',
    ['actor.registry.registered', 'actor.registry.unregistered'],
    'size',
    [],
    'Names that are taken.',
  ),
  count('timers.scheduled', 'timer.scheduled', [], 'Messages that were to be sent later.'),
  count('timers.cancelled', 'timer.cancelled', [], 'Messages that were to be sent later and are not.'),
  count('timers.delivered', 'timer.delivered', [], 'Messages that were sent when their time had come.'),
  level(
    'timers.active',
    ['actor.timer.scheduled', 'actor.timer.cancelled', 'actor.timer.delivered'],
    'active',
    [],
    'Messages that are to be sent later.',
  ),
  bytes('mailbox.memory', 'actor.mailbox.memory', ['type'], 'What messages that wait take: an estimate.'),
  bytes('memory', 'actor.memory', ['type'], 'What actors and their mailboxes take: an estimate.'),
  level('process.mailbox_depth', ['actor.process.info'], 'mailbox_depth', ['name'], 'Messages for a watched actor.'),
  level('process.messages', ['actor.process.info'], 'messages', ['name'], 'Messages that a watched actor has handled.'),
  count('stalls', 'stalled', [], 'Times that nothing has run for a while.'),
  count('node.connections', 'node.connected', ['node'], 'Other processes that could be reached.'),
  count('node.disconnections', 'node.disconnected', ['node', 'reason'], 'Other processes that could not be any more.'),
  level(
    'node.active',
    ['actor.node.connected', 'actor.node.disconnected'],
    'active',
    [],
    'Other processes whose actors can be reached.',
  ),
  count('node.messages.sent', 'node.message.sent', ['target_node'], 'Messages to other processes.'),
  count('node.messages.failed', 'node.message.failed', ['target_node', 'reason'], 'Messages that were not sent there.'),
  time('node.ping', ['actor.node.ping.stop'], 'duration', 'Round trips to other processes.', ['node']),
  count('serialization.errors', 'serialization.error', ['direction'], 'Messages that could not cross.'),
])

function count(name: string, event: string, tags: readonly string[], description: string): MetricDefinition {
  return counter(`actor.${name}`, { event: `actor.${event}`, tags, description })
}

function level(
  name: string,
  event: readonly string[],
  measurement: string,
  tags: readonly string[],
  description: string,
): MetricDefinition {
  return lastValue(`actor.${name}`, { event, measurement, tags, description })
}

function bytes(name: string, event: string, tags: readonly string[], description: string): MetricDefinition {
  return lastValue(`actor.${name}`, { event, measurement: 'bytes', unit: 'byte', tags, description })
}

function time(
  name: string,
  event: readonly string[],
  measurement: string,
  description: string,
  tags: MetricOptions['tags'] = ['type'],
): MetricDefinition {
  return distribution(`actor.${name}.duration`, {
    event,
    measurement,
    unit: SECONDS,
    buckets: BUCKETS,
    description,
    ...(tags && { tags }),
  })
}
