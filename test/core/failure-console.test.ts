import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { captureConsoleErrors } from './console-errors.ts'
import { record } from './recorder.ts'
import { turn } from './turn.ts'

const test = suite('core/failure-console')
const FAILURE = 'telemetry.handler.failure'

function fail(): never {
  throw new Error('the table is full')
}

test('a failure that nobody listens to is one line that names the handler, the event, the bus and the reason', () => {
  using errors = captureConsoleErrors()
  const bus = createBus({ name: 'shop-bus' })
  bus.attach('my-handler', 'orders.created', fail)

  bus.execute('orders.created', {})

  assert.is(errors.calls.length, 1)
  const text = errors.calls[0]?.join(' ') ?? ''
  for (const part of ['my-handler', 'orders.created', 'shop-bus', 'the table is full']) assert.match(text, part)
  assert.not.match(text, '\n')
})

test('while somebody listens to failures nothing is printed', async () => {
  using errors = captureConsoleErrors()
  const bus = createBus({ onFailure: 'keep' })
  record(bus, FAILURE)
  bus.attach('sync', 'a', fail)
  bus.attach('async', 'a', async () => fail())

  for (let i = 0; i < 10; i++) bus.execute('a', {})
  await turn()

  assert.is(errors.calls.length, 0)
})

test('a handler of everything, or of telemetry.**, counts as somebody who listens', () => {
  using errors = captureConsoleErrors()
  for (const pattern of ['**', 'telemetry.**', 'telemetry.handler.*']) {
    const bus = createBus()
    record(bus, pattern)
    bus.attach('h', 'a', fail)
    bus.execute('a', {})
  }

  assert.is(errors.calls.length, 0)
})

test('there is at most one line per handler in 10 s, whatever the number of failures', () => {
  using errors = captureConsoleErrors()
  const clock = manualClock()
  const bus = createBus({ clock, onFailure: 'keep' })
  bus.attach('one', 'a', fail)
  bus.attach('two', 'a', fail)

  for (let i = 0; i < 10_000; i++) bus.execute('a', {})
  assert.is(errors.calls.length, 2)

  clock.advance(9_999)
  bus.execute('a', {})
  assert.is(errors.calls.length, 2)

  clock.advance(1)
  bus.execute('a', {})
  assert.is(errors.calls.length, 4)
})

test('rejections are printed and limited like throws', async () => {
  using errors = captureConsoleErrors()
  const bus = createBus({ clock: manualClock(), onFailure: 'keep' })
  bus.attach('async-handler', 'a', async () => fail())

  for (let i = 0; i < 100; i++) bus.execute('a', {})
  await turn()

  assert.is(errors.calls.length, 1)
  assert.match(errors.calls[0]?.join(' ') ?? '', 'async-handler')
})

test("a handler removed by 'detach' does not disappear in silence", () => {
  using errors = captureConsoleErrors()
  const bus = createBus({ onFailure: 'detach' })
  bus.attach('removed-handler', 'a', fail)

  bus.execute('a', {})

  assert.is(errors.calls.length, 1)
  assert.match(errors.calls[0]?.join(' ') ?? '', 'removed-handler')
})

test('the only listener to failures does not disappear in silence when it fails itself', () => {
  using errors = captureConsoleErrors()
  const bus = createBus()
  bus.attach('bad-reporter', FAILURE, fail)
  bus.attach('h', 'a', fail)

  bus.execute('a', {})

  assert.ok(errors.calls.some((call) => call.join(' ').includes('bad-reporter')))
})

test('a console that throws does not reach the emitter', () => {
  using _errors = captureConsoleErrors()
  const bus = createBus({ onFailure: 'keep' })
  bus.attach('h', 'a', fail)
  let after = 0
  bus.attach('after', 'a', () => void after++)
  console.error = () => fail()

  bus.execute('a', {})

  assert.is(after, 1)
})

test('nothing is printed when functions of any kind are attached, emitted to and detached', () => {
  using errors = captureConsoleErrors()
  const bus = createBus()
  bus.attach('arrow', 'a', () => {})
  bus.attach('bound', 'a', function (this: unknown) {}.bind(undefined))
  bus.attach('h', '**', async () => {})

  bus.execute('a', {})
  bus.execute('not a name', {})
  for (const id of ['arrow', 'bound', 'h', 'unknown']) bus.detach(id)

  assert.is(errors.calls.length, 0)
})

test.run()
