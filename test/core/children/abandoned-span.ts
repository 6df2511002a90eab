import { createBus } from '../../../src/core/bus.ts'
import { record } from '../recorder.ts'
import { collectUntil } from './garbage.ts'

const bus = createBus()
const events = record(bus, 'lost.*', 'kept.*', 'ended.*')
const reports = record(bus, 'telemetry.span.abandoned')
const kept = bus.startSpan('kept')
const lostId = (() => bus.startSpan('lost', { who: 'me' }).id)()
;(() => bus.startSpan('ended').stop())()

const found = await collectUntil(() => events.some(({ event }) => event === 'lost.exception'))
const end = events.find(({ event }) => event === 'lost.exception')

process.stdout.write(
  JSON.stringify({
    found,
    names: events.map(({ event }) => event),
    outcome: end?.metadata['outcome'],
    who: end?.metadata['who'],
    sameId: end?.metadata['span_id'] === lostId,
    hasDuration: Number.isInteger(end?.measurements['duration']),
    reports: reports.map(({ metadata }) => metadata['span_id'] === lostId),
    openSpans: bus.stats().openSpans,
    keptId: kept.id.length,
  }),
)
