import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'gen_server.call.{}': {
    description: 'A server was called, until whoever has called has a reply or waits no more.',
    start: {
      measurements: { in_flight: ['count', 'Calls to servers of the type that wait, this one included.'] },
      metadata: {
        pid: ['string', 'The server, or the name that nobody has.'],
        'type?': ['string', 'Of the server; absent when there is none.'],
      },
    },
    end: { measurements: { in_flight: ['count', 'Calls that still wait.'] }, metadata: {} },
    exception: {
      measurements: {},
      metadata: {
        error_type: [
          ['timeout', 'noproc', 'exit', 'self', 'mailbox_full', 'noconnection', 'not_serializable'],
          'Why there is no reply.',
        ],
      },
    },
  },
  'gen_server.timeout': {
    description: 'A call has waited for as long as it may; actor.gen_server.call.exception comes with it.',
    sampled: 'never',
    measurements: {
      timeout: ['nanosecond', 'How long it may wait.'],
      in_flight: ['count', 'Calls that still wait.'],
    },
    metadata: { pid: ['string', 'The server.'], 'type?': ['string', 'Of the server.'] },
  },
  'gen_server.late_reply': {
    description: 'A reply came when nobody waited for it any more, or for the second time: it was dropped.',
    sampled: 'never',
    measurements: {},
    metadata: { type: ['string', 'Of the server.'], pid: ['string', 'The server, as <0.N.0>.'] },
  },
  'gen_server.cast': {
    description: 'A server was told something that it does not reply to.',
    measurements: {},
    metadata: { type: ['string', 'Of the server.'], pid: ['string', 'The server, as <0.N.0>.'] },
  },
  'gen_statem.transition': {
    description: 'A state machine has gone from one state to another, or to the same again.',
    measurements: { state_duration: ['nanosecond', 'How long it was in the first one.'] },
    metadata: {
      type: ['string', 'Of the machine.'],
      pid: ['string', 'The machine, as <0.N.0>.'],
      from: ['string', 'The state that it was in.'],
      to: ['string', 'The state that it is in; [*] is its end.'],
      event: ['string', 'What has happened.'],
    },
  },
  'gen_statem.invalid': {
    description: 'An event that means nothing in the state of a machine: it has changed nothing.',
    sampled: 'never',
    measurements: {},
    metadata: {
      type: ['string', 'Of the machine.'],
      pid: ['string', 'The machine, as <0.N.0>.'],
      state: ['string', 'The state that it is in.'],
      event: ['string', 'What has happened.'],
    },
  },
  'gen_statem.population': {
    description: 'A machine has come into a state, left it, or ended in it.',
    sampled: 'never',
    measurements: { count: ['count', 'Machines of the type in that state now.'] },
    metadata: { type: ['string', 'Of the machines.'], state: ['string', 'The state.'] },
  },
  'supervisor.restart.{}': {
    description: 'A supervisor starts a child again, and those that go with it. `exception`: it could not be started.',
    sampled: 'never',
    start: {
      measurements: { restarts: ['count', 'Restarts within the time that counts, this one included.'] },
      metadata: {
        supervisor: ['string', 'The supervisor, as <0.N.0>.'],
        strategy: [['one_for_one', 'one_for_all', 'rest_for_one'], 'Which children go with it.'],
        child: ['string', 'The id of the child that has ended.'],
        type: ['string', 'Of the actor that it was.'],
        exit_reason: [['normal', 'shutdown', 'killed', 'panic', 'custom'], 'Why it has ended.'],
      },
    },
    end: { measurements: {}, metadata: {} },
  },
  'supervisor.intensity_exceeded': {
    description: 'There were too many restarts: the supervisor ends its children and itself.',
    sampled: 'never',
    measurements: {
      restarts: ['count', 'Restarts within the window, the one that was too many included.'],
      window: ['nanosecond', 'The time that counts.'],
    },
    metadata: { supervisor: ['string', 'The supervisor, as <0.N.0>.'] },
  },
} as const

/** What servers, state machines and supervisors do (`sonde/actor`). */
export const actorServerEvents: EventCatalog<'actor', typeof definitions> = defineEvents('actor', definitions)

export type ActorServerEvents = EventsOf<typeof actorServerEvents>
