import { defineEvents, type EventCatalog, type EventsOf } from './define-events.ts'

const definitions = {
  'node.up': {
    description: 'Another process of the cluster is there.',
    sampled: 'never',
    measurements: { active: ['count', 'Others that are there, this one included.'] },
    metadata: { node: ['string', 'Its name.'] },
  },
  'node.down': {
    description: 'Another process of the cluster is not there any more.',
    sampled: 'never',
    measurements: { active: ['count', 'Others that are still there.'] },
    metadata: {
      node: ['string', 'Its name.'],
      reason: [
        ['left', 'timeout', 'restarted', 'disconnected'],
        'It has said so, was not heard of, was started again, or this process is cut off.',
      ],
    },
  },
  'publish.{}': {
    description: 'Something is published to the cluster. `exception`: the transport has refused it.',
    start: {
      measurements: { size: ['byte', 'With what the cluster puts around it.'] },
      metadata: {
        subject: ['string', 'Where it is published.'],
        reliable: ['boolean', 'Whether it is kept until it has arrived.'],
      },
    },
    end: { measurements: {}, metadata: {} },
  },
  dropped: {
    description: 'Something that has come from the cluster was not taken.',
    sampled: 'never',
    measurements: { count: ['count', 'How many frames.'] },
    metadata: {
      reason: [
        ['malformed', 'stale', 'duplicate', 'own_name'],
        'It could not be read, was for an earlier run of this process, has come before, or another process has the name of this one.',
      ],
    },
  },
  'gap.detected': {
    description: 'Frames of another process have not arrived.',
    sampled: 'never',
    measurements: { missed: ['count', 'How many.'] },
    metadata: { node: ['string', 'The process that has sent them.'] },
  },
} as const

/** What becomes of a cluster of processes (`sonde/cluster`). */
export const clusterEvents: EventCatalog<'cluster', typeof definitions> = defineEvents('cluster', definitions)

export type ClusterEvents = EventsOf<typeof clusterEvents>
