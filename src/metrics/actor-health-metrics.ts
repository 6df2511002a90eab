import { summary } from './define.ts'
import type { MetricDefinition } from './definition.ts'
import { readyMade } from './ready-made.ts'

/**
 * How often things have happened to actors in the last minute, as the `count` of rolling windows: what joerl's health checks ask for. Rates of panics, restarts and
 * backpressure are quotients of these: `panicked` by `spawned`, `restarts` by `stopped`, `mailbox_full` by `sent`.
 */
export const actorHealthMetrics: readonly MetricDefinition[] = /* @__PURE__ */ readyMade(() => [
  lately('spawned', 'actor.spawned', 'Actors that were made'),
  lately('panicked', 'actor.panicked', 'Actors that have thrown or rejected'),
  lately('stopped', 'actor.stopped', 'Actors that have ended'),
  lately('restarts', 'actor.supervisor.restart.start', 'Restarts by supervisors'),
  lately('sent', 'actor.message.sent', 'Messages that were put into mailboxes'),
  lately('mailbox_full', 'actor.mailbox.full', 'Messages that have met a full mailbox'),
])

function lately(name: string, event: string, what: string): MetricDefinition {
  return summary(`actor.lately.${name}`, {
    event,
    measurement: () => 1,
    description: `${what} in the last minute: the count of the window.`,
  })
}
