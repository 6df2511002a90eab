import { channel } from 'node:diagnostics_channel'
import * as assert from 'uvu/assert'
import { createBus } from '../../../src/core/bus.ts'
import { TelemetryError } from '../../../src/core/errors.ts'
import type { Measurements } from '../../../src/core/types.ts'
import { type FromChannelOptions, fromChannel } from '../../../src/interop/diagnostics-channel/from-channel.ts'
import { hostilePayloads } from '../../../src/testing/hostile.ts'
import { record } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { uncaughtDuring } from '../uncaught.ts'

const test = suite('interop/diagnostics-channel/from-channel')
const news = channel('test:news')

interface News {
  readonly topic: string
  readonly words: number
}

function listening(options: Partial<FromChannelOptions<News>> = {}) {
  const bus = createBus()
  const events = record(bus, 'news')
  const detach = fromChannel<News>(bus, 'test:news', { event: 'news', ...options })
  return { bus, events, [Symbol.dispose]: () => void detach() }
}

function fail(): never {
  throw new Error('broken')
}

test('each message is one event with what the functions make of it', () => {
  using work = listening({ measurements: ({ words }) => ({ words }), metadata: ({ topic }) => ({ topic }) })
  news.publish({ topic: 'weather', words: 12 })
  news.publish({ topic: 'sports', words: 7 })
  assert.equal(work.events, [
    { event: 'news', measurements: { words: 12 }, metadata: { topic: 'weather' } },
    { event: 'news', measurements: { words: 7 }, metadata: { topic: 'sports' } },
  ])
})

test('without functions the event is bare: a message is not looked into', () => {
  using work = listening()
  news.publish({ secret: 'x' })
  assert.equal(work.events, [{ event: 'news', measurements: {}, metadata: {} }])
})

test('messages to ignore are left out, and a function that throws ignores none', () => {
  using work = listening({ ignore: ({ topic }) => topic === 'sports' || (topic === 'broken' && fail()) })
  for (const topic of ['sports', 'broken', 'weather']) news.publish({ topic })
  assert.is(work.events.length, 2)
})

test('functions that throw or return junk are counted, and the event is told without them', async () => {
  const junk: unknown[] = [undefined, null, 7, 'text', [1], Promise.reject(new Error('late'))]
  const uncaught = await uncaughtDuring(() => {
    for (const made of junk) {
      // The cast: junk on purpose.
      using work = listening({ measurements: () => made as Measurements, metadata: fail })
      news.publish({})
      assert.equal(work.events, [{ event: 'news', measurements: {}, metadata: {} }])
      assert.is(work.bus.stats().invalid, 2)
    }
  })
  assert.equal(uncaught, [])
})

test('hostile messages do not throw', async () => {
  const uncaught = await uncaughtDuring(() => {
    // The casts: hostile on purpose.
    using work = listening({
      measurements: (message) => message as unknown as Measurements,
      metadata: (message) => message as unknown as Measurements,
    })
    const messages = [null, undefined, 7, 'text', Symbol('s'), () => 1, Object.freeze({})]
    for (const message of [...messages, ...hostilePayloads().map(({ metadata }) => metadata)]) news.publish(message)
    assert.ok(work.events.length > 0)
  })
  assert.equal(uncaught, [])
})

test('handlers of the event may publish on the channel, and it does not go round', () => {
  using work = listening()
  work.bus.attach('echo', 'news', () => news.publish({}))
  news.publish({})
  assert.is(work.events.length, 1)
  news.publish({})
  assert.is(work.events.length, 2)
  assert.is(work.bus.stats().dropped, 0)
})

test('it is subscribed only while somebody listens', () => {
  const bus = createBus()
  const detach = fromChannel(bus, 'test:news', { event: 'news' })
  assert.is(news.hasSubscribers, false)
  const listener = bus.attach('listener', '*', () => {})
  assert.is(news.hasSubscribers, true)
  listener()
  assert.is(news.hasSubscribers, false)
  bus.attach('listener', 'news', () => {})
  assert.is(news.hasSubscribers, true)
  assert.is(detach(), true)
  assert.is(detach(), false)
  assert.is(news.hasSubscribers, false)
})

test('while a rule silences the event no function is called, and after it events come again', () => {
  let calls = 0
  using work = listening({ metadata: () => ({ calls: ++calls }) })
  work.bus.control({ deny: ['news'] })
  news.publish({})
  assert.is(calls, 0)
  work.bus.control({ deny: [] })
  news.publish({})
  assert.is(work.events.length, 1)
})

test('bad names and options throw and subscribe nothing', () => {
  const bus = createBus()
  bus.attach('everything', '**', () => {})
  const wrong: [unknown, unknown, string][] = [
    [undefined, { event: 'news' }, 'invalid_option'],
    ['', { event: 'news' }, 'invalid_option'],
    [Symbol('s'), { event: 'news' }, 'invalid_option'],
    ['test:news', undefined, 'invalid_option'],
    ['test:news', {}, 'invalid_name'],
    ['test:news', { event: 'a:b' }, 'invalid_name'],
    ['test:news', { event: 'news', metadata: 7 }, 'invalid_option'],
    ['test:news', { event: 'news', when: () => true }, 'invalid_option'],
  ]
  for (const [name, options, code] of wrong) {
    assert.throws(
      // @ts-expect-error wrong on purpose
      () => fromChannel(bus, name, options),
      (error: unknown) => error instanceof TelemetryError && error.code === code,
    )
  }
  assert.is(news.hasSubscribers, false)
})

test.run()
