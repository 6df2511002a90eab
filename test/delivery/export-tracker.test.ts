import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { createExportTracker } from '../../src/delivery/export-tracker.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/export-tracker')

function setUp() {
  const clock = manualClock(5_000)
  const bus = createBus({ clock })
  return { clock, tracker: createExportTracker(bus, 'here'), captured: captureEvents(bus, ['telemetry.sink.export.*']) }
}

test('a delivered export is a start with its points and a stop with its bytes and status', async () => {
  const { tracker, captured } = setUp()
  assert.equal(tracker.status(), { state: 'ok', lastSuccess: undefined, lastFailure: undefined })
  const result = { outcome: 'delivered', reason: 'status 200', status: 200, more: 1 } as const
  assert.is(await tracker.run({ points: 3, bytes: 90 }, async () => result), result)
  const [start, stop] = captured.events
  assert.is(captured.events.length, 2)
  assert.is(start?.measurements['points'], 3)
  assert.is(start?.metadata['sink'], 'here')
  assert.is(stop?.event, 'telemetry.sink.export.stop')
  const { points, bytes } = stop?.measurements ?? {}
  assert.equal([points, bytes, stop?.metadata['status'], stop?.metadata['outcome']], [3, 90, 200, 'ok'])
  assert.equal(tracker.status(), { state: 'ok', lastSuccess: 5_000, lastFailure: undefined })
})

test('a failed export ends in exception with the reason, and the sink is degraded until the next success', async () => {
  const { clock, tracker, captured } = setUp()
  await tracker.run({ points: 1, bytes: 9 }, async () => ({ outcome: 'retry', reason: 'ECONNREFUSED' }))
  const end = captured.events[1]
  assert.is(end?.event, 'telemetry.sink.export.exception')
  assert.equal([end?.metadata['reason'], 'status' in (end?.metadata ?? {})], ['ECONNREFUSED', false])
  assert.equal(tracker.status(), {
    state: 'degraded',
    lastSuccess: undefined,
    lastFailure: { time: 5_000, reason: 'ECONNREFUSED' },
  })
  clock.advance(1_000)
  await tracker.run({ points: 1, bytes: 9 }, async () => ({ outcome: 'delivered', reason: '' }))
  assert.equal(tracker.status(), {
    state: 'ok',
    lastSuccess: 6_000,
    lastFailure: { time: 5_000, reason: 'ECONNREFUSED' },
  })
})

test('an attempt that throws is a failure, and whoever asked for it gets the error', async () => {
  const { tracker, captured } = setUp()
  const error = new Error('secret address')
  const caught = await tracker
    .run({ points: 1, bytes: 9 }, async () => {
      throw error
    })
    .catch((thrown: unknown) => thrown)
  assert.is(caught, error)
  assert.is(captured.events[1]?.metadata['reason'], error)
  assert.is(tracker.status().lastFailure?.reason, 'the export has thrown')
})

test.run()
