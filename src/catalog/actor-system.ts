import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'mailbox.memory': {
    description:
      'What the messages that wait take, by the type of their actors: every five seconds while somebody listens.',
    measurements: {
      bytes: ['byte', 'Of the type: an estimate.'],
      total_bytes: ['byte', 'Of all types.'],
    },
    metadata: { type: ['string', 'Of the actors.'] },
  },
  memory: {
    description: 'What actors take, with the messages that wait: every five seconds while somebody listens.',
    measurements: {
      bytes: ['byte', 'Of the type: an estimate, without what the actors keep themselves.'],
      total_bytes: ['byte', 'Of all types.'],
    },
    metadata: { type: ['string', 'Of the actors.'] },
  },
  'process.info': {
    description: 'An actor whose name was given as `watched`: every five seconds while somebody listens.',
    measurements: {
      mailbox_depth: ['count', 'Messages that wait.'],
      messages: ['count', 'Messages that it has handled since it was spawned.'],
    },
    metadata: { name: ['string', 'Its name.'], pid: ['string', 'The actor, as <0.N.0>.'] },
  },
  stalled: {
    description: 'Nothing has run for a while but one function: what the watchdog has seen, told when it is over.',
    sampled: 'never',
    measurements: { stalled_for: ['nanosecond', 'How long.'] },
    metadata: {},
  },
} as const

/** What a system of actors takes, and that it stands still (`sonde/actor`). */
export const actorSystemEvents: EventCatalog<'actor', typeof definitions> = defineEvents('actor', definitions)

export type ActorSystemEvents = EventsOf<typeof actorSystemEvents>
