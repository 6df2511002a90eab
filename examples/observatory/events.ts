import { defineEvents, type EventCatalog, type EventsOf } from 'sonde'

const definitions = {
  'file.read.{}': {
    description: 'A file of this repository was read.',
    start: { measurements: {}, metadata: { file: ['string', 'Path from the top of the repository.'] } },
    end: { measurements: { 'size?': ['byte', 'Length of the file.'] }, metadata: {} },
  },
  'digest.{}': {
    description: 'The SHA-256 of a file was computed.',
    start: { measurements: {}, metadata: { rounds: ['number', 'How often the digest was fed back.'] } },
    end: { measurements: {}, metadata: {} },
  },
  'compress.{}': {
    description: 'A body was compressed on the thread pool.',
    start: { measurements: {}, metadata: { encoding: [['gzip', 'br'], 'Content coding.'] } },
    end: { measurements: { 'ratio?': ['ratio', 'Compressed length by length.'] }, metadata: {} },
  },
  'report.{}': {
    description: 'A JSON report was parsed, summed up and written.',
    start: { measurements: {}, metadata: {} },
    end: { measurements: { 'entries?': ['count', 'Packages in the report.'] }, metadata: {} },
  },
  'archive.{}': {
    description: 'A file was compressed in all codings, and the shortest result taken.',
    start: { measurements: {}, metadata: {} },
    end: { measurements: {}, metadata: {} },
  },
} as const

/** The steps inside a request of the observatory's service. */
export const observatoryEvents: EventCatalog<'observatory', typeof definitions> = defineEvents(
  'observatory',
  definitions,
)

declare module 'sonde' {
  interface Events extends EventsOf<typeof observatoryEvents> {}
}
