import { channel } from 'node:diagnostics_channel'
import { EventEmitter } from 'node:events'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suppressInstrumentation } from '../../src/delivery/suppress-instrumentation.ts'
import { type OpenedKind, observeOpened } from '../../src/interop/observe-opened.ts'
import { hostilePayloads } from '../../src/testing/hostile.ts'
import { namesOf, record } from '../core/recorder.ts'
import { suite } from '../harness/suite.ts'
import { uncaughtDuring } from './uncaught.ts'

const test = suite('interop/observe-opened')

class Door extends EventEmitter {}

const doors: OpenedKind<Door> = {
  operation: 'door',
  channel: 'test:door',
  key: 'door',
  type: Door,
  follow(door, begin) {
    const end = begin({ wood: 'oak' })
    door.on('close', (ending = {}) => end(ending))
  },
}

/** Tells of a door, as Node would. */
function open(door = new Door()): Door {
  channel('test:door').publish({ door })
  return door
}

function observed() {
  const bus = createBus()
  const events = record(bus, 'door.*')
  const watch = observeOpened(bus, doors, undefined)
  return { bus, events, [Symbol.dispose]: () => void watch.stop() }
}

test('the number of those that are open is on every event', () => {
  using work = observed()
  const [one, two] = [open(), open()]
  one.emit('close')
  two.emit('close')
  assert.equal(
    work.events.map(({ event, measurements }) => [event, measurements['active']]),
    [
      ['door.start', 1],
      ['door.start', 2],
      ['door.stop', 1],
      ['door.stop', 0],
    ],
  )
})

test('one that is told of twice, or ends twice, counts once', () => {
  using work = observed()
  const door = open(open())
  door.emit('close')
  door.emit('close')
  assert.is(work.events.length, 2)
  assert.is(work.bus.stats().doubleEnded, 0)
})

test('an end may be an error or a failure, with what was learnt on the way', () => {
  using work = observed()
  open().emit('close', { error: new Error('jammed'), metadata: { hinge: 'left' } })
  open().emit('close', { failure: 'slammed', measurements: { noise: 7 } })
  const [, exception, , stop] = work.events
  assert.is(exception?.event, 'door.exception')
  assert.is(exception?.metadata['hinge'], 'left')
  assert.is(stop?.metadata['outcome'], 'error')
  assert.is(stop?.metadata['error'], 'slammed')
  assert.is(stop?.measurements['noise'], 7)
  assert.is(stop?.metadata['wood'], 'oak')
})

test('what handlers of the operation open is left out, at its start and at its end', () => {
  using work = observed()
  let opened = 0
  work.bus.attach('opener', 'door.*', () => {
    if (opened++ < 100) open().emit('close')
  })
  open().emit('close')
  assert.equal(namesOf(work.events), ['door.start', 'door.stop'])
  assert.is(opened, 2)
  assert.is(work.bus.stats().dropped, 0)
})

test('nor does a handler go round that closes another one first', () => {
  using work = observed()
  const other = open()
  work.bus.attach('opener', 'door.start', () => {
    other.emit('close')
    open()
  })
  open()
  assert.equal(namesOf(work.events), ['door.start', 'door.start', 'door.stop'])
})

test('what is opened for telemetry is left out, and what comes after it is not', () => {
  using work = observed()
  assert.is(
    suppressInstrumentation(() => {
      suppressInstrumentation(open)
      open()
      return 7
    }),
    7,
  )
  assert.throws(() =>
    suppressInstrumentation(() => {
      throw new Error('broken')
    }),
  )
  assert.is(work.events.length, 0)
  open()
  assert.is(work.events.length, 1)
})

test('while a rule silences the operation nothing is followed', () => {
  using work = observed()
  work.bus.control({ enabled: false })
  assert.is(open().listenerCount('close'), 0)
})

test('messages of another shape are left alone', async () => {
  using work = observed()
  const uncaught = await uncaughtDuring(() => {
    const values = hostilePayloads().flatMap(({ metadata }) => [metadata, { door: metadata }])
    for (const message of [undefined, null, 7, 'text', {}, { door: 7 }, { door: new EventEmitter() }, ...values]) {
      channel('test:door').publish(message)
    }
  })
  assert.equal(uncaught, [])
  assert.is(work.events.length, 0)
  assert.is(work.bus.stats().openSpans, 0)
})

test.run()
