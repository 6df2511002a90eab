import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Bus, LifecycleEvents } from '../../src/core/types.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'
import { codeThrownBy } from './untyped.ts'

const test = suite('core/lifecycle')
const ignore = () => {}
const kinds: readonly (keyof LifecycleEvents)[] = ['attached', 'detached', 'quarantined', 'recovered']

function notices(bus: Bus): [kind: string, notice: unknown][] {
  const seen: [string, unknown][] = []
  for (const kind of kinds) bus.lifecycle.on(kind, (notice) => void seen.push([kind, notice]))
  return seen
}

test('attaching and detaching are noticed with the id and its events', () => {
  const bus = createBus()
  const seen = notices(bus)

  bus.attach('one', 'a', ignore)
  bus.attachMany('two', ['b', 'c.*'], ignore)
  bus.detach('two')
  bus.detach('unknown')

  assert.equal(seen, [
    ['attached', { id: 'one', events: ['a'] }],
    ['attached', { id: 'two', events: ['b', 'c.*'] }],
    ['detached', { id: 'two', events: ['b', 'c.*'] }],
  ])
})

test('an attach that is refused is not noticed', () => {
  const bus = createBus()
  bus.attach('one', 'a', ignore)
  const seen = notices(bus)

  assert.is(
    codeThrownBy(() => bus.attach('one', 'b', ignore)),
    'handler_exists',
  )

  assert.equal(seen, [])
})

test('quarantine and recovery are noticed, in nanoseconds', () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  record(bus, 'telemetry.**')
  const seen = notices(bus)
  let broken = true
  bus.attach('h', 'a', () => {
    if (broken) throw new Error('broken')
  })

  bus.execute('a', {})
  clock.advance(1_000)
  bus.execute('a', {})
  broken = false
  clock.advance(2_000)
  bus.execute('a', {})

  assert.equal(seen.slice(1), [
    ['quarantined', { id: 'h', retryIn: 1e9 }],
    ['quarantined', { id: 'h', retryIn: 2e9 }],
    ['recovered', { id: 'h', quarantinedFor: 3e9 }],
  ])
})

test("a handler removed by 'detach' is noticed as detached", () => {
  const bus = createBus({ onFailure: 'detach' })
  record(bus, 'telemetry.**')
  bus.attach('h', 'a', () => {
    throw new Error('broken')
  })
  const seen = notices(bus)

  bus.execute('a', {})

  assert.equal(seen, [['detached', { id: 'h', events: ['a'] }]])
})

test('a listener that throws is contained, and the others are told', () => {
  const bus = createBus()
  let told = 0
  bus.lifecycle.on('attached', () => {
    throw new Error('broken')
  })
  bus.lifecycle.on('attached', () => void told++)

  bus.attach('h', 'a', ignore)

  assert.is(told, 1)
  assert.is(bus.listHandlers().length, 1)
})

test('a listener that is detached is told nothing more', () => {
  const bus = createBus()
  let [first, second] = [0, 0]
  const detach = bus.lifecycle.on('attached', () => void first++)
  bus.lifecycle.on('attached', () => void second++)

  assert.is(detach(), true)
  assert.is(detach(), false)
  bus.attach('h', 'a', ignore)

  assert.equal([first, second], [0, 1])
})

test('one function that listens twice is told twice, and each Detach removes one', () => {
  const bus = createBus()
  let told = 0
  const listener = () => void told++
  const detach = bus.lifecycle.on('attached', listener)
  bus.lifecycle.on('attached', listener)
  bus.attach('one', 'a', ignore)
  assert.is(told, 2)

  detach()
  bus.attach('two', 'a', ignore)

  assert.is(told, 3)
})

test('a listener may attach and detach handlers', () => {
  const bus = createBus()
  bus.lifecycle.on('attached', ({ id }) => {
    if (id === 'first') bus.attach('second', 'a', ignore)
  })
  bus.lifecycle.on('attached', ({ id }) => {
    if (id === 'second') bus.detach('first')
  })

  bus.attach('first', 'a', ignore)

  assert.equal(
    bus.listHandlers().map(({ id }) => id),
    ['second'],
  )
})

test('aborting its signal detaches a handler from all its events', () => {
  const bus = createBus()
  const controller = new AbortController()
  let calls = 0
  const detach = bus.attachMany('h', ['a', 'b'], () => void calls++, undefined, { signal: controller.signal })
  const seen = notices(bus)
  bus.execute('a', {})

  controller.abort()
  for (const name of ['a', 'b']) bus.execute(name, {})

  assert.is(calls, 1)
  assert.equal(bus.listHandlers(), [])
  assert.is(detach(), false)
  assert.equal(seen, [['detached', { id: 'h', events: ['a', 'b'] }]])
})

test('a signal that is aborted already attaches nothing', () => {
  const bus = createBus()
  const seen = notices(bus)

  const detach = bus.attach('h', 'a', ignore, undefined, { signal: AbortSignal.abort() })

  assert.is(detach(), false)
  assert.equal(bus.listHandlers(), [])
  assert.is(bus.event('a').enabled, false)
  assert.equal(seen, [])
  bus.attach('h', 'a', ignore)
})

test('a handler aborted in the middle of an emit does not run any more', () => {
  const bus = createBus()
  const controller = new AbortController()
  let calls = 0
  bus.attach('aborter', 'a', () => controller.abort())
  bus.attach('h', 'a', () => void calls++, undefined, { signal: controller.signal })

  bus.execute('a', {})

  assert.is(calls, 0)
})

test('the signal of an earlier attachment does not detach a later one with the same id', () => {
  const bus = createBus()
  const controller = new AbortController()
  bus.attach('h', 'a', ignore, undefined, { signal: controller.signal })
  bus.detach('h')
  bus.attach('h', 'a', ignore)

  controller.abort()

  assert.is(bus.listHandlers().length, 1)
})

test('a detached handler leaves no listener on its signal', async () => {
  const bus = createBus()
  const { signal } = new AbortController()
  let listeners = 0
  const [add, remove] = [signal.addEventListener, signal.removeEventListener]
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++
    Reflect.apply(add, signal, args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--
    Reflect.apply(remove, signal, args)
  }

  for (let i = 0; i < 10; i++) bus.attach('h', 'a', ignore, undefined, { signal })()
  bus.attach('h', 'a', ignore, undefined, { signal })
  assert.is(listeners, 1)
  await bus.close()

  assert.is(listeners, 0)
})

test.run()
