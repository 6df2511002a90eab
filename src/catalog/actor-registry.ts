import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'registry.registered': {
    description: 'An actor has a name.',
    sampled: 'never',
    measurements: { size: ['count', 'Names that are taken.'] },
    metadata: { name: ['string', 'The name.'] },
  },
  'registry.unregistered': {
    description: 'A name is free again.',
    sampled: 'never',
    measurements: { size: ['count', 'Names that are taken.'] },
    metadata: { name: ['string', 'The name.'] },
  },
  'registry.lookup': {
    description: 'Somebody has asked for the actor of a name.',
    measurements: { size: ['count', 'Names that are taken.'] },
    metadata: { name: ['string', 'The name.'], found: ['boolean', 'Whether somebody has it.'] },
  },
  'registry.conflict': {
    description: 'A name that is taken was asked for.',
    sampled: 'never',
    measurements: { size: ['count', 'Names that are taken.'] },
    metadata: { name: ['string', 'The name.'] },
  },
  'timer.scheduled': {
    description: 'A message is to be sent later.',
    measurements: { active: ['count', 'Timers that run.'] },
    metadata: {},
  },
  'timer.cancelled': {
    description: 'A message that was to be sent later is not.',
    measurements: { active: ['count', 'Timers that run.'] },
    metadata: {},
  },
  'timer.delivered': {
    description: 'A message has been sent when its time had come.',
    measurements: { active: ['count', 'Timers that run.'] },
    metadata: {},
  },
} as const

/** The names of actors, and messages that are to be sent later (`sonde/actor`). */
export const actorRegistryEvents: EventCatalog<'actor', typeof definitions> = defineEvents('actor', definitions)

export type ActorRegistryEvents = EventsOf<typeof actorRegistryEvents>
