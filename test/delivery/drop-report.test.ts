import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { createDropReport } from '../../src/delivery/drop-report.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/drop-report')

function setup() {
  const clock = manualClock()
  const bus = createBus({ clock })
  const { events } = captureEvents(bus, 'telemetry.sink.dropped')
  const report = createDropReport(bus, 'webhook')
  const counts = () => events.map(({ measurements, metadata }) => [metadata['reason'], measurements['count']])
  return { clock, bus, events, report, counts }
}

test('the first drop is told at once, the rest once per second with their count', () => {
  const { clock, events, report, counts } = setup()
  for (let drop = 0; drop < 10; drop++) report.add('overflow', 1)
  assert.equal(counts(), [['overflow', 1]])
  assert.equal(events[0]?.metadata, { sink: 'webhook', reason: 'overflow' })
  clock.advance(999)
  assert.is(events.length, 1)
  clock.advance(1)
  assert.equal(counts().at(-1), ['overflow', 9])
  clock.advance(5_000)
  assert.is(events.length, 2)
  assert.is(clock.pending, 0)
})

test('reasons do not wait for each other', () => {
  const { report, counts } = setup()
  report.add('overflow', 2)
  report.add('expired', 3)
  report.add('invalid', 0)
  assert.equal(counts(), [
    ['overflow', 2],
    ['expired', 3],
  ])
})

test('at the end what was held back is told, and no timer is left or made', () => {
  const { clock, report, counts } = setup()
  report.add('overflow', 1)
  report.add('overflow', 4)
  report.close()
  report.add('overflow', 2)
  assert.is(clock.pending, 0)
  assert.equal(counts(), [
    ['overflow', 1],
    ['overflow', 4],
  ])
  clock.advance(1_000)
  report.add('overflow', 1)
  assert.equal(counts().at(-1), ['overflow', 3])
})

test('a handler of the event that drops something itself is no loop', () => {
  const { clock, bus, report, counts } = setup()
  bus.attach('again', 'telemetry.sink.dropped', () => report.add('overflow', 1))
  report.add('overflow', 1)
  clock.advance(3_000)
  assert.is(counts().length, 4)
})

test.run()
