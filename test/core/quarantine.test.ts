import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { HandlerState } from '../../src/core/types.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'

const test = suite('core/quarantine')
const FAILURE = 'telemetry.handler.failure'

/** A bus with one synchronous handler 'h' on 'a' that throws while `broken`. */
function patient() {
  const clock = manualClock()
  const bus = createBus({ clock })
  const failures = record(bus, FAILURE)
  const recoveries = record(bus, 'telemetry.handler.recovered')
  const health = { broken: true, calls: 0 }
  bus.attach('h', 'a', () => {
    health.calls++
    if (health.broken) throw new Error('broken')
  })
  const state = (): HandlerState | undefined => bus.listHandlers('a')[0]?.state
  return { clock, bus, failures, recoveries, health, state }
}

test('a handler that failed is out of dispatch for one second, on all its events', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  record(bus, FAILURE)
  let calls = 0
  bus.attachMany('h', ['a', 'b', 'c.*'], () => {
    calls++
    throw new Error('broken')
  })
  bus.execute('a', {})

  clock.advance(999)
  for (const name of ['a', 'b', 'c.d']) bus.execute(name, {})
  assert.is(calls, 1)

  clock.advance(1)
  bus.execute('b', {})
  assert.is(calls, 2)
})

test('the states are active, quarantined, probation, and active again after the first success', () => {
  const { clock, bus, health, state } = patient()
  assert.is(state(), 'active')

  bus.execute('a', {})
  assert.is(state(), 'quarantined')
  assert.is(bus.stats().quarantined, 1)

  clock.advance(1_000)
  assert.is(state(), 'probation')

  health.broken = false
  bus.execute('a', {})
  assert.is(state(), 'active')
  assert.is(bus.stats().quarantined, 0)
})

test('a handler that recovers is called for every event again, and a recovered event says how long it was away', () => {
  const { clock, bus, health, recoveries } = patient()
  bus.execute('a', {})
  health.broken = false
  clock.advance(2_500)

  for (let i = 0; i < 3; i++) bus.execute('a', {})

  assert.is(health.calls, 4)
  assert.equal(
    recoveries.map(({ measurements, metadata }) => ({ measurements, metadata })),
    [{ measurements: { quarantined_for: 2.5e9 }, metadata: { handler_id: 'h' } }],
  )
})

test('the wait doubles with each failed trial, to 60 s at most', () => {
  const { clock, bus, failures, health } = patient()
  bus.execute('a', {})

  for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60, 60]) {
    const { length } = failures
    assert.is(failures.at(-1)?.measurements['retry_in'], seconds * 1e9)
    clock.advance(seconds * 1_000 - 1)
    bus.execute('a', {})
    assert.is(failures.length, length, `silent before ${seconds} s`)
    clock.advance(1)
    bus.execute('a', {})
    assert.is(failures.length, length + 1, `tried at ${seconds} s`)
  }
  assert.is(health.calls, 10)
})

test('the first success puts the wait back to one second', () => {
  const { clock, bus, failures, health } = patient()
  bus.execute('a', {})
  clock.advance(1_000)
  bus.execute('a', {})
  clock.advance(2_000)
  health.broken = false
  bus.execute('a', {})
  health.broken = true
  bus.execute('a', {})

  assert.equal(
    failures.map(({ measurements }) => measurements['retry_in']),
    [1e9, 2e9, 1e9],
  )
  assert.equal(
    failures.slice(0, 2).map(({ measurements }) => measurements['failures']),
    [1, 2],
  )
})

test('a failure inside the call that fails is one failure more, but not a second quarantine', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  record(bus, FAILURE)
  let calls = 0
  bus.attach('h', 'a', () => {
    if (++calls < 4) bus.execute('a', {})
    throw new Error('broken')
  })

  bus.execute('a', {})
  assert.is(calls, 4)
  assert.is(bus.stats().failures, 4)

  clock.advance(1_000)
  bus.execute('a', {})
  assert.is(calls, 5, 'calls begun before the quarantine do not double the wait')
})

test('an emit inside the trial call does not begin a second trial', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  record(bus, FAILURE)
  let [calls, broken] = [0, true]
  bus.attach('h', 'a', () => {
    calls++
    if (broken) throw new Error('broken')
    if (calls === 2) bus.execute('a', {})
  })
  bus.execute('a', {})
  clock.advance(1_000)
  broken = false

  bus.execute('a', {})

  assert.is(calls, 2)
})

test('a quarantined handler can be detached, and its id is fresh when attached again', () => {
  const { clock, bus, health, state } = patient()
  bus.execute('a', {})

  assert.is(bus.detach('h'), true)
  assert.is(bus.stats().quarantined, 0)
  bus.attach('h', 'a', () => void health.calls++)

  assert.is(state(), 'active')
  bus.execute('a', {})
  assert.is(health.calls, 2)
  clock.advance(120_000)
  assert.is(state(), 'active')
})

test('the quarantine of one handler does not touch the order or the calls of others', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  record(bus, FAILURE)
  const seen: string[] = []
  let broken = true
  bus.attach('1', 'a', () => void seen.push('1'))
  bus.attach('2', 'a', () => {
    if (broken) throw new Error('broken')
    seen.push('2')
  })
  bus.attach('3', 'a', () => void seen.push('3'))
  bus.execute('a', {})
  broken = false
  bus.execute('a', {})
  clock.advance(1_000)

  bus.execute('a', {})
  bus.execute('a', {})

  assert.equal(seen, ['1', '3', '1', '3', '1', '2', '3', '1', '2', '3'])
})

test.run()
