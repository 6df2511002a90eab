import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'spawn.{}': {
    description: 'An actor is made, until it is ready for its first message. `exception`: it has ended before.',
    sampled: 'never',
    start: {
      measurements: {},
      metadata: {
        type: ['string', 'What the actor is called in metrics.'],
        'name?': ['string', 'Its name, when it is spawned with one.'],
      },
    },
    end: { measurements: {}, metadata: { pid: ['string', 'The actor, as <0.N.0>.'] } },
  },
  spawned: {
    description: 'An actor has been made.',
    sampled: 'never',
    measurements: { active: ['count', 'Actors of the type that live, this one included.'] },
    metadata: {
      type: ['string', 'What the actor is called in metrics.'],
      pid: ['string', 'The actor, as <0.N.0>.'],
      'name?': ['string', 'Its name, when it was spawned with one.'],
    },
  },
  started: {
    description: 'An actor is ready for its first message.',
    sampled: 'never',
    measurements: {},
    metadata: { type: ['string', 'Of the actor.'], pid: ['string', 'The actor, as <0.N.0>.'] },
  },
  stopped: {
    description: 'An actor has ended.',
    sampled: 'never',
    measurements: {
      lifetime: ['nanosecond', 'Since it was spawned.'],
      active: ['count', 'Actors of the type that still live.'],
    },
    metadata: {
      type: ['string', 'Of the actor.'],
      pid: ['string', 'The actor, as <0.N.0>.'],
      reason: [['normal', 'shutdown', 'killed', 'panic', 'custom'], 'Why; any other reason is custom.'],
    },
  },
  panicked: {
    description: 'A part of an actor has thrown or rejected; actor.stopped with the reason panic follows.',
    sampled: 'never',
    measurements: {},
    metadata: {
      type: ['string', 'Of the actor.'],
      pid: ['string', 'The actor, as <0.N.0>.'],
      error: ['unknown', 'The thrown value itself.', 'internal'],
    },
  },
  'message.send.{}': {
    description:
      'A message is sent, until it is in the mailbox: longer than a moment where the sender waits for room. The handling of it is within this. `exception`: it was not taken.',
    start: {
      measurements: {},
      metadata: {
        to: ['string', 'The actor that is to get it, as <0.N.0>.'],
        type: ['string', 'Of that actor.'],
        'from?': ['string', 'The actor that sends it; absent when it is none.'],
        'message_type?': ['string', 'Its key `type`, or the name of its class.'],
      },
    },
    end: { measurements: {}, metadata: {} },
  },
  'message.sent': {
    description: 'A message has been put into a mailbox, or given to an actor that waited for it.',
    measurements: {},
    metadata: {
      to: ['string', 'The actor that gets it, as <0.N.0>.'],
      type: ['string', 'Of that actor.'],
      'from?': ['string', 'The actor that sent it; absent when it was none.'],
      'message_type?': ['string', 'Its key `type`, or the name of its class.'],
    },
  },
  'message.failed': {
    description: 'A message has not been taken.',
    sampled: 'never',
    measurements: {},
    metadata: {
      to: ['string', 'The pid or the name that it was for.'],
      'type?': ['string', 'Of the actor; absent when there is none.'],
      reason: [
        ['mailbox_full', 'actor_not_found', 'not_serializable'],
        'Why; not_serializable is one that cannot be copied as the actor wants it.',
      ],
    },
  },
  'message.dequeued': {
    description: 'A message has been taken out of a mailbox to be handled.',
    measurements: { queue_time: ['nanosecond', 'Since it was sent.'] },
    metadata: { type: ['string', 'Of the actor.'], pid: ['string', 'The actor, as <0.N.0>.'] },
  },
  'message.handle.{}': {
    description: 'An actor handles a message, until the promise of it is settled.',
    start: {
      measurements: {},
      metadata: {
        type: ['string', 'Of the actor.'],
        pid: ['string', 'The actor, as <0.N.0>.'],
        'message_type?': ['string', 'Its key `type`, or the name of its class.'],
      },
    },
    end: {
      measurements: {
        queue_time: ['nanosecond', 'From when it was sent to when it was taken; 0 when nobody listened then.'],
      },
      metadata: {},
    },
  },
  'mailbox.depth': {
    description: 'The mailbox of an actor has changed: at each message sent and taken, and at the end of the actor.',
    measurements: {
      depth: ['count', 'Messages that wait.'],
      capacity: ['count', 'Messages that may wait.'],
      utilization: ['ratio', 'Depth by capacity.'],
      type_depth: ['count', 'Messages that wait for all actors of the type.'],
      type_utilization: ['ratio', 'Of the fullest mailbox of the type.'],
      type_max_depth: ['count', 'Messages in the deepest mailbox of the type.'],
    },
    metadata: { type: ['string', 'Of the actor.'], pid: ['string', 'The actor, as <0.N.0>.'] },
  },
  'mailbox.full': {
    description: 'A message has met a full mailbox; a sender may wait for room.',
    sampled: 'never',
    measurements: {},
    metadata: { type: ['string', 'Of the actor.'], pid: ['string', 'The actor, as <0.N.0>.'] },
  },
  'link.created': {
    description: 'Two actors have been linked.',
    sampled: 'never',
    measurements: {},
    metadata: {
      pid: ['string', 'The one that links.'],
      target: ['string', 'The other one.'],
    },
  },
  'monitor.created': {
    description: 'An actor is monitored.',
    sampled: 'never',
    measurements: {},
    metadata: {
      'pid?': ['string', 'The one that monitors; absent when it is no actor.'],
      target: ['string', 'The one that is monitored.'],
    },
  },
  'signal.sent': {
    description: 'A signal has been sent to an actor.',
    measurements: {},
    metadata: {
      signal: [['exit', 'down', 'stop', 'kill'], 'Which.'],
      'reason?': [['normal', 'shutdown', 'killed', 'panic', 'custom'], 'Why, of exit and down.'],
    },
  },
  'signal.received': {
    description: 'A signal has reached an actor that lives.',
    measurements: {},
    metadata: {
      signal: [['exit', 'down', 'stop', 'kill'], 'Which.'],
      type: ['string', 'Of the actor.'],
      pid: ['string', 'The actor, as <0.N.0>.'],
    },
  },
  'signal.ignored': {
    description: 'A signal has changed nothing: an exit with the reason normal, or one that the actor does not handle.',
    measurements: {},
    metadata: {
      signal: [['exit', 'down', 'stop', 'kill'], 'Which.'],
      type: ['string', 'Of the actor.'],
      pid: ['string', 'The actor, as <0.N.0>.'],
    },
  },
  'signal.exit': {
    description: 'An exit signal has been sent, by the reason.',
    sampled: 'never',
    measurements: {},
    metadata: { reason: [['normal', 'shutdown', 'killed', 'panic', 'custom'], 'Why.'] },
  },
} as const

/** What actors do and what becomes of them and their messages (`sonde/actor`). */
export const actorEvents: EventCatalog<'actor', typeof definitions> = defineEvents('actor', definitions)

export type ActorEvents = EventsOf<typeof actorEvents>
