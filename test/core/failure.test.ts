import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { FailurePolicy } from '../../src/core/types.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { captureConsoleErrors } from './console-errors.ts'
import { keysOf, present, record } from './recorder.ts'
import { turn } from './turn.ts'

const test = suite('core/failure')
const FAILURE = 'telemetry.handler.failure'
const second = 1e9

function fail(): never {
  throw new Error('broken')
}

test('a handler that throws reaches neither the emitter nor the handlers around it', () => {
  const bus = createBus()
  const failures = record(bus, FAILURE)
  const seen: string[] = []
  bus.attach('1', 'a', () => void seen.push('1'))
  bus.attach('2', 'a', fail)
  bus.attach('3', 'a', () => void seen.push('3'))

  bus.execute('a', {})

  assert.equal(seen, ['1', '3'])
  assert.is(failures.length, 1)
})

test('several handlers that throw in one emit are each reported, and the rest still run', () => {
  const bus = createBus()
  const failures = record(bus, FAILURE)
  const seen: string[] = []
  for (let i = 0; i < 10; i++) bus.attach(`${i}`, 'a', i % 2 === 0 ? fail : () => void seen.push(`${i}`))

  bus.execute('a', {})

  assert.equal(seen, ['1', '3', '5', '7', '9'])
  assert.equal(
    failures.map(({ metadata }) => metadata['handler_id']),
    ['0', '2', '4', '6', '8'],
  )
  assert.is(bus.stats().failures, 5)
})

const states: readonly (readonly [FailurePolicy, string])[] = [
  ['quarantine', 'quarantined'],
  ['detach', 'detached'],
  ['keep', 'kept'],
]

for (const [policy, state] of states) {
  test(`a failure under '${policy}' says what failed, on which event, and that the handler is ${state}`, () => {
    const clock = manualClock(1_700_000_000_000)
    const bus = createBus({ clock })
    const failures = record(bus, FAILURE)
    const [measurements, config, reason] = [{ n: 1 }, { c: 1 }, new Error('broken')]
    const handler = () => {
      throw reason
    }
    bus.attach('h', 'a.*', handler, config, { onFailure: policy })
    clock.advance(5)

    bus.execute('a.b', measurements, { who: 'me' })

    assert.is(failures.length, 1)
    const { metadata, measurements: numbers } = present(failures[0])
    assert.equal(keysOf(metadata), [
      ...['config', 'event', 'failed_measurements', 'handler_id', 'kind', 'reason', 'stacktrace', 'state'],
    ])
    assert.is(metadata['event'], 'a.b')
    assert.is(metadata['handler_id'], 'h')
    assert.is(metadata['config'], config)
    assert.is(metadata['kind'], 'throw')
    assert.is(metadata['reason'], reason)
    assert.is(metadata['stacktrace'], reason.stack)
    assert.is(metadata['state'], state)
    assert.is(metadata['failed_measurements'], measurements)
    assert.equal(numbers, {
      monotonic_time: 5e6,
      system_time: 1_700_000_000_005,
      failures: 1,
      ...(policy === 'quarantine' ? { retry_in: second } : {}),
    })
  })
}

test("'detach' removes the handler from all its events at the first failure", () => {
  const bus = createBus({ onFailure: 'detach' })
  record(bus, FAILURE)
  let calls = 0
  bus.attachMany('h', ['a', 'b', 'c.*'], () => {
    calls++
    fail()
  })

  for (const name of ['a', 'a', 'b', 'c.d']) bus.execute(name, {})

  assert.is(calls, 1)
  assert.equal(bus.listHandlers('a'), [])
  assert.is(bus.detach('h'), false)
  assert.is(bus.event('b').enabled, false)
  bus.attach('h', 'a', () => {})
})

test("'keep' calls the handler every time and reports every failure", () => {
  const bus = createBus({ onFailure: 'keep' })
  const failures = record(bus, FAILURE)
  let calls = 0
  bus.attach('h', 'a', () => {
    calls++
    fail()
  })

  for (let i = 0; i < 5; i++) bus.execute('a', {})

  assert.is(calls, 5)
  assert.is(failures.length, 5)
  assert.is(bus.listHandlers('a')[0]?.state, 'active')
  assert.is(bus.stats().quarantined, 0)
})

test('quarantine is the default, and a handler’s own policy beats the bus’s', () => {
  const [byDefault, keeping] = [createBus(), createBus({ onFailure: 'keep' })]
  record(byDefault, FAILURE)
  record(keeping, FAILURE)
  byDefault.attach('default', 'a', fail)
  keeping.attach('kept', 'a', fail)
  keeping.attach('own', 'a', fail, undefined, { onFailure: 'detach' })

  byDefault.execute('a', {})
  keeping.execute('a', {})

  assert.is(byDefault.listHandlers('a')[0]?.state, 'quarantined')
  assert.equal(
    keeping.listHandlers('a').map(({ id }) => id),
    ['kept'],
  )
})

test('a promise that rejects is a failure of kind rejection, under the same policy', async () => {
  const bus = createBus()
  const failures = record(bus, FAILURE)
  const reason = new Error('late')
  const measurements = { n: 1 }
  bus.attach('h', 'a', async () => {
    await turn()
    throw reason
  })

  bus.execute('a', measurements)
  assert.is(failures.length, 0)
  assert.is(bus.listHandlers('a')[0]?.state, 'active')
  await turn()
  await turn()

  assert.is(failures.length, 1)
  assert.is(failures[0]?.metadata['kind'], 'rejection')
  assert.is(failures[0]?.metadata['reason'], reason)
  assert.is(failures[0]?.metadata['event'], 'a')
  assert.is(failures[0]?.metadata['state'], 'quarantined')
  assert.is(failures[0]?.metadata['failed_measurements'], measurements)
  assert.is(bus.listHandlers('a')[0]?.state, 'quarantined')
})

test('a rejection that arrives after its handler was detached is counted and does not revive it', async () => {
  const bus = createBus()
  record(bus, FAILURE)
  let reject = (_reason: unknown) => {}
  bus.attach('h', 'a', () => new Promise<void>((_resolve, no) => void (reject = no)))
  bus.execute('a', {})
  bus.detach('h')
  bus.attach('h', 'a', () => {})

  reject(new Error('late'))
  await turn()

  assert.is(bus.stats().failures, 1)
  assert.is(bus.listHandlers('a')[0]?.state, 'active')
  assert.is(bus.stats().quarantined, 0)
})

test('a failing handler of the failure event emits no further failure event and terminates', () => {
  using _errors = captureConsoleErrors()
  const bus = createBus()
  let calls = 0
  bus.attach('bad reporter', FAILURE, () => {
    calls++
    fail()
  })
  const failures = record(bus, FAILURE)
  for (let i = 0; i < 1_000; i++) bus.attach(`${i}`, 'a', fail)

  bus.execute('a', {})

  assert.is(failures.length, 1_000)
  assert.ok(failures.every(({ metadata }) => metadata['handler_id'] !== 'bad reporter'))
  assert.is(calls, 1)
  assert.is(bus.listHandlers(FAILURE).find(({ id }) => id === 'bad reporter')?.state, 'quarantined')
  assert.is(bus.stats().failures, 1_001)
})

test('a rejecting handler of the failure event emits no further failure event', async () => {
  using _errors = captureConsoleErrors()
  const bus = createBus({ onFailure: 'keep' })
  bus.attach('bad reporter', FAILURE, async () => fail())
  const failures = record(bus, FAILURE)
  bus.attach('h', 'a', fail)

  bus.execute('a', {})
  await turn()

  assert.is(failures.length, 1)
  assert.is(bus.stats().failures, 2)
})

test('a handler of everything that keeps failing terminates', () => {
  using _errors = captureConsoleErrors()
  const bus = createBus({ onFailure: 'keep' })
  let calls = 0
  bus.attach('everything', '**', () => {
    calls++
    fail()
  })

  bus.execute('a', {})

  assert.is(calls, 2, 'once for the event, once for its failure event')
  assert.is(bus.stats().failures, 2)
})

test('a handler that detaches itself and then throws stays detached', () => {
  const bus = createBus()
  record(bus, FAILURE)
  bus.attach('h', 'a', () => {
    bus.detach('h')
    fail()
  })

  bus.execute('a', {})

  assert.equal(bus.listHandlers('a'), [])
  assert.is(bus.stats().quarantined, 0)
  bus.attach('h', 'a', () => {})
  assert.is(bus.listHandlers('a')[0]?.state, 'active')
})

test.run()
