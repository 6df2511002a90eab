import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { HandlerState } from '../../src/core/types.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'
import { turn } from './turn.ts'

const test = suite('core/quarantine-async')
const FAILURE = 'telemetry.handler.failure'

/** A bus with one asynchronous handler 'h' on 'a' whose calls are settled by hand. */
function asyncPatient() {
  const clock = manualClock()
  const bus = createBus({ clock })
  const failures = record(bus, FAILURE)
  const calls: { resolve(): void; reject(reason: unknown): void }[] = []
  bus.attach('h', 'a', () => new Promise<void>((resolve, reject) => void calls.push({ resolve, reject })))
  const state = (): HandlerState | undefined => bus.listHandlers('a')[0]?.state
  const settle = async (i: number, how: 'resolve' | 'reject') => {
    calls[i]?.[how](new Error('late'))
    await turn()
  }
  return { clock, bus, failures, calls, state, settle }
}

test('one asynchronous trial at a time: nothing else is called until its promise settles', async () => {
  const { clock, bus, calls, state, settle } = asyncPatient()
  bus.execute('a', {})
  await settle(0, 'reject')
  assert.is(state(), 'quarantined')
  clock.advance(1_000)

  for (let i = 0; i < 5; i++) bus.execute('a', {})
  assert.is(calls.length, 2)
  assert.is(state(), 'probation')

  await settle(1, 'resolve')
  assert.is(state(), 'active')
  bus.execute('a', {})
  assert.is(calls.length, 3)
})

test('an asynchronous trial that rejects doubles the wait', async () => {
  const { clock, bus, calls, failures, settle } = asyncPatient()
  bus.execute('a', {})
  await settle(0, 'reject')
  clock.advance(1_000)
  bus.execute('a', {})

  await settle(1, 'reject')

  assert.is(failures.at(-1)?.measurements['retry_in'], 2e9)
  clock.advance(1_999)
  bus.execute('a', {})
  assert.is(calls.length, 2)
  clock.advance(1)
  bus.execute('a', {})
  assert.is(calls.length, 3)
})

test('an asynchronous trial that never settles fails after 60 s', async () => {
  const { clock, bus, calls, failures, state, settle } = asyncPatient()
  bus.execute('a', {})
  await settle(0, 'reject')
  clock.advance(1_000)
  bus.execute('a', {})

  clock.advance(59_999)
  bus.execute('a', {})
  assert.is(calls.length, 2)
  assert.is(failures.length, 1)

  clock.advance(1)
  bus.execute('a', {})
  assert.is(calls.length, 2)
  assert.is(failures.length, 2)
  assert.is(state(), 'quarantined')

  clock.advance(2_000)
  bus.execute('a', {})
  assert.is(calls.length, 3)
})

test('an expired trial that settles late neither restores nor doubles', async () => {
  const { clock, bus, calls, failures, state, settle } = asyncPatient()
  bus.execute('a', {})
  await settle(0, 'reject')
  clock.advance(1_000)
  bus.execute('a', {})
  clock.advance(60_000)
  bus.execute('a', {})

  await settle(1, 'resolve')
  assert.is(state(), 'quarantined')

  clock.advance(2_000)
  bus.execute('a', {})
  assert.is(calls.length, 3)
  assert.is(failures.length, 2)
})

test('calls that were begun before the quarantine do not double the wait', async () => {
  const { clock, bus, calls, failures, settle } = asyncPatient()
  for (let i = 0; i < 5; i++) bus.execute('a', {})

  for (let i = 0; i < 5; i++) await settle(i, 'reject')

  assert.is(bus.stats().failures, 5)
  assert.is(failures[0]?.measurements['retry_in'], 1e9)
  clock.advance(1_000)
  bus.execute('a', {})
  assert.is(calls.length, 6, 'the trial comes one second after the first failure')
  await settle(5, 'reject')
  assert.is(failures.at(-1)?.measurements['retry_in'], 2e9)
})

test('a call that was begun before the quarantine and succeeds does not restore the handler', async () => {
  const { bus, calls, state, settle } = asyncPatient()
  bus.execute('a', {})
  bus.execute('a', {})
  await settle(0, 'reject')

  await settle(1, 'resolve')

  assert.is(state(), 'quarantined')
  bus.execute('a', {})
  assert.is(calls.length, 2)
})

test('an old call that rejects while the trial runs does not end the trial', async () => {
  const { clock, bus, calls, state, settle } = asyncPatient()
  bus.execute('a', {})
  bus.execute('a', {})
  await settle(0, 'reject')
  clock.advance(1_000)
  bus.execute('a', {})

  await settle(1, 'reject')
  assert.is(state(), 'probation')
  bus.execute('a', {})
  assert.is(calls.length, 3)

  await settle(2, 'resolve')
  assert.is(state(), 'active')
})

test('an old call that rejects after the handler was restored is not held against it', async () => {
  const { clock, bus, calls, failures, settle, state } = asyncPatient()
  bus.execute('a', {})
  bus.execute('a', {})
  await settle(0, 'reject')
  clock.advance(1_000)
  bus.execute('a', {})
  await settle(2, 'resolve')

  await settle(1, 'reject')

  assert.is(bus.stats().failures, 2)
  assert.is(state(), 'active')
  assert.is(failures.at(-1)?.metadata['state'], 'kept')
  assert.is(failures.at(-1)?.measurements['retry_in'], undefined)
  bus.execute('a', {})
  assert.is(calls.length, 4)
})

test('a handler detached during its trial leaves no timer, and its end means nothing', async () => {
  const { clock, bus, calls, settle } = asyncPatient()
  const recoveries = record(bus, 'telemetry.handler.recovered')
  bus.execute('a', {})
  await settle(0, 'reject')
  clock.advance(1_000)
  bus.execute('a', {})

  bus.detach('h')
  assert.is(clock.pending, 0)
  await settle(1, 'resolve')

  assert.is(recoveries.length, 0)
  assert.equal(bus.listHandlers('a'), [])
  assert.is(bus.stats().quarantined, 0)
  bus.execute('a', {})
  assert.is(calls.length, 2)
})

test.run()
