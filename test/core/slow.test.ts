import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'

const test = suite('core/slow')
const EMITS = 64 * 20

/** Emits to a handler that takes `ms` and one that takes no time; what is reported as slow. */
function reportsOf(ms: number, prepare: (bus: Bus) => void = () => {}) {
  const clock = manualClock()
  const bus = createBus({ clock })
  prepare(bus)
  const reports = record(bus, 'telemetry.handler.slow')
  const calls = { slow: 0, quick: 0 }
  bus.attach('slow', 'a', () => {
    calls.slow++
    clock.advance(ms)
  })
  bus.attach('quick', 'a', () => void calls.quick++)
  for (let i = 0; i < EMITS; i++) bus.execute('a', {})
  return { reports, calls }
}

test('a handler above 50 ms is reported, about once in 64 emits, by its id, event and duration', () => {
  const { reports, calls } = reportsOf(51)

  assert.ok(reports.length >= 1 && reports.length <= 60, `${reports.length} reports of ${EMITS} emits`)
  for (const { measurements, metadata } of reports) {
    assert.equal(measurements, { duration: 51e6 })
    assert.equal(metadata, { handler_id: 'slow', event: 'a' })
  }
  assert.equal(calls, { slow: EMITS, quick: EMITS })
})

const ways: readonly (readonly [string, (bus: Bus) => void])[] = [
  ['enriched', (bus) => void bus.enrich(() => ({ added: 1 }))],
  ['sampled', (bus) => void bus.control({ sampling: [{ pattern: 'a', rate: 0.9 }] })],
  ['attached to by another', (bus) => void bus.attach('third', 'a', () => {})],
]

for (const [way, prepare] of ways) {
  test(`a slow handler is reported when the event is ${way} too`, () => {
    const { reports } = reportsOf(51, prepare)

    assert.ok(reports.length >= 1 && reports.length <= 60, `${reports.length} reports of ${EMITS} emits`)
    assert.ok(reports.every(({ metadata }) => metadata['handler_id'] === 'slow'))
  })
}

test('a handler of 50 ms or less is not reported', () => {
  assert.is(reportsOf(50).reports.length, 0)
})

test('the failure of a timed handler is a failure like any other', () => {
  const bus = createBus({ onFailure: 'keep' })
  const failures = record(bus, 'telemetry.handler.failure')
  let after = 0
  bus.attach('bad', 'a', () => {
    throw new Error('broken')
  })
  bus.attach('after', 'a', () => void after++)

  for (let i = 0; i < 256; i++) bus.execute('a', {})

  assert.is(failures.length, 256)
  assert.is(after, 256)
})

test('a handler detached by another does not run, whether timed or not', () => {
  const bus = createBus()
  let calls = 0

  for (let i = 0; i < 256; i++) {
    bus.attach('1', 'a', () => void bus.detach('2'))
    bus.attach('2', 'a', () => void calls++)
    bus.attach('3', 'a', () => void bus.detach('1'))
    bus.execute('a', {})
    bus.detach('3')
  }

  assert.is(calls, 0)
})

test.run()
