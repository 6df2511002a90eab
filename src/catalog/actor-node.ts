import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'node.connected': {
    description: 'The actors of another process can be sent to.',
    sampled: 'never',
    measurements: { active: ['count', 'Other processes of which that is so, this one included.'] },
    metadata: { node: ['string', 'The process.'] },
  },
  'node.disconnected': {
    description: 'The actors of another process cannot be sent to any more.',
    sampled: 'never',
    measurements: { active: ['count', 'Other processes to whose actors can still be sent.'] },
    metadata: {
      node: ['string', 'The process.'],
      reason: [['left', 'timeout', 'restarted', 'disconnected', 'shutdown'], 'Why; shutdown is that of this system.'],
    },
  },
  'node.message.sent': {
    description: 'A message has been sent to an actor of another process.',
    measurements: { size: ['byte', 'With what goes with it.'] },
    metadata: { target_node: ['string', 'The process.'] },
  },
  'node.message.failed': {
    description: 'A message for an actor of another process was not sent, or a call was not answered in time.',
    sampled: 'never',
    measurements: {},
    metadata: {
      target_node: ['string', 'The process.'],
      reason: [
        ['connection_failed', 'reconnect_failed', 'write_failed', 'too_large', 'serialization_error', 'timeout'],
        'It has never been there, is not there any more, the transport has refused it, it is too large, cannot be sent, or there was no reply.',
      ],
    },
  },
  'node.ping.{}': {
    description: 'A round trip to another process, every five seconds while somebody listens.',
    start: { measurements: {}, metadata: { node: ['string', 'The process.'] } },
    end: { measurements: {}, metadata: {} },
    exception: {
      measurements: {},
      metadata: { error_type: ['string', 'Why there was no answer: timeout, or it has gone.'] },
    },
  },
  'serialization.error': {
    description: 'A message cannot be sent to another process, or one that has come from there cannot be read.',
    sampled: 'never',
    measurements: {},
    metadata: {
      direction: [['encode', 'decode'], 'To another process, or from one.'],
      'message_type?': ['string', 'Of what was to be sent: its key `type`, or the name of its class.'],
    },
  },
} as const

/** What becomes of actors of other processes (`sonde/actor` over `sonde/cluster`). */
export const actorNodeEvents: EventCatalog<'actor', typeof definitions> = defineEvents('actor', definitions)

export type ActorNodeEvents = EventsOf<typeof actorNodeEvents>
