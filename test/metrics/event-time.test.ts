import * as assert from 'uvu/assert'
import type { Clock } from '../../src/core/types.ts'
import { createEventTime } from '../../src/metrics/event-time.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/event-time')

function counted(): { clock: Clock; advance(ms: number): void; readings(): number } {
  const manual = manualClock()
  let readings = 0
  const monotonicTime = () => {
    readings++
    return manual.monotonicTime()
  }
  const clock = { ...manual, monotonicTime }
  return { clock, advance: manual.advance, readings: () => readings }
}

test("an event's own time is believed and saves a reading", () => {
  const { clock, readings } = counted()
  const time = createEventTime(clock)
  for (let i = 1; i <= 60; i++) assert.is(time.of(i * 1e6), i * 1e6)
  assert.is(readings(), 1)
})

test('without a time the clock is read', () => {
  const { clock, advance } = counted()
  const time = createEventTime(clock)
  advance(5)
  for (const claimed of [undefined, null, '7', Number.NaN, 5n]) assert.is(time.of(claimed), 5e6)
})

test('a time far in the future or past is not believed', () => {
  const { clock, advance } = counted()
  advance(60_000)
  const time = createEventTime(clock)
  for (const claimed of [Number.MAX_VALUE, Number.POSITIVE_INFINITY, 60e9 + 1e9, 0, -1])
    assert.is(time.of(claimed), 60e9)
})

test('it never goes back', () => {
  const { clock } = counted()
  const time = createEventTime(clock)
  assert.is(time.of(50e6), 50e6)
  assert.is(time.of(20e6), 50e6)
  assert.is(time.now(), 50e6)
})

test('one constant time does not hold it back for more than 64 events', () => {
  const { clock, advance } = counted()
  const time = createEventTime(clock)
  advance(100_000)
  let latest = 0
  for (let i = 0; i < 65; i++) latest = time.of(0)
  assert.is(latest, 100e9)
})

test('many small lies do not add up', () => {
  const { clock } = counted()
  const time = createEventTime(clock)
  let latest = 0
  for (let i = 1; i <= 10_000; i++) latest = time.of(i * 90e6)
  assert.ok(latest <= 100e6)
})

test.run()
