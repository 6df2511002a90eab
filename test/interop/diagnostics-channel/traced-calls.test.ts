import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as assert from 'uvu/assert'
import { correlate } from '../../../src/context/correlate.ts'
import { hostilePayloads } from '../../../src/testing/hostile.ts'
import { namesOf } from '../../core/recorder.ts'
import { suite } from '../../harness/suite.ts'
import { uncaughtDuring } from '../uncaught.ts'
import { publish } from './sub-channels.ts'
import { channel, traced } from './traced.ts'

const test = suite('interop/diagnostics-channel/traced-calls')

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

type Callback = (error: unknown, value?: unknown) => void

function fail(): never {
  throw new Error('broken')
}

test('a function that returns is a start and a stop with its duration and one span id', () => {
  using work = traced()
  assert.is(
    channel.traceSync(() => 7, {}),
    7,
  )
  assert.equal(namesOf(work.events), ['work.start', 'work.stop'])
  const [start, stop] = work.events
  assert.match(String(start?.metadata['span_id']), /^[0-9a-f]{16}$/)
  assert.is(stop?.metadata['span_id'], start?.metadata['span_id'])
  assert.is(stop?.metadata['outcome'], 'ok')
  assert.ok(Number.isInteger(stop?.measurements['duration']))
})

test('a function that throws is an exception with the thrown value', () => {
  using work = traced()
  assert.throws(() => channel.traceSync(fail, {}), /broken/)
  assert.equal(namesOf(work.events), ['work.start', 'work.exception'])
  assert.match(String(work.events[1]?.metadata['reason']), 'broken')
  assert.is(work.bus.stats().doubleEnded, 0)
})

test('a promise ends when it resolves, not when the function returns', async () => {
  using work = traced()
  const promise = channel.tracePromise(() => sleep(15, 'done'), {})
  assert.equal(namesOf(work.events), ['work.start'])
  assert.is(await promise, 'done')
  assert.equal(namesOf(work.events), ['work.start', 'work.stop'])
  assert.ok(Number(work.events[1]?.measurements['duration']) > 10e6)
  assert.is(work.bus.stats().doubleEnded, 0)
})

test('a promise that rejects is an exception, and rejects', async () => {
  using work = traced()
  const outcome = await channel
    .tracePromise(async () => fail(), {})
    .then(
      () => 'resolved',
      (error: Error) => error.message,
    )
  assert.is(outcome, 'broken')
  assert.equal(namesOf(work.events), ['work.start', 'work.exception'])
})

test('a function that throws before there is a promise is an exception', () => {
  using work = traced()
  assert.throws(() => channel.tracePromise(fail, {}), /broken/)
  assert.equal(namesOf(work.events), ['work.start', 'work.exception'])
})

test('a callback ends it when it is called, whatever the callback itself does', async () => {
  using work = traced()
  await new Promise<void>((resolve) => {
    channel.traceCallback(
      (done: Callback) => setImmediate(() => done(null, 7)),
      0,
      {},
      undefined,
      () => {
        assert.equal(namesOf(work.events), ['work.start', 'work.stop'])
        resolve()
      },
    )
  })
  channel.traceCallback(
    (done: Callback) => done(null, 7),
    0,
    {},
    undefined,
    () => {},
  )
  assert.is(work.events.length, 4)
})

test('a callback with an error is an exception', async () => {
  using work = traced()
  await new Promise((resolve) => {
    channel.traceCallback((done: Callback) => setImmediate(() => done(new Error('broken'))), 0, {}, undefined, resolve)
  })
  assert.equal(namesOf(work.events), ['work.start', 'work.exception'])
  assert.is(work.bus.stats().doubleEnded, 0)
})

test('a call that is aborted has the outcome aborted', async () => {
  using work = traced()
  const given = AbortSignal.abort()
  await channel.tracePromise(() => sleep(1_000, undefined, { signal: given }), {}).catch(() => {})
  assert.is(work.events[1]?.metadata['outcome'], 'aborted')
})

test('calls under way at once do not mix', async () => {
  using work = traced({ metadata: ({ id }) => ({ id }) })
  const ids = Array.from({ length: 200 }, (_, id) => id)
  await Promise.all(ids.map((id) => channel.tracePromise(() => sleep((id * 7) % 11), { id })))
  const starts = work.events.filter(({ event }) => event === 'work.start')
  for (const { metadata } of starts) {
    const stop = work.events.find(
      ({ event, metadata: other }) => event === 'work.stop' && other['id'] === metadata['id'],
    )
    assert.is(stop?.metadata['span_id'], metadata['span_id'])
  }
  assert.is(work.events.length, 400)
  assert.is(work.bus.stats().openSpans, 0)
})

test('hostile contexts neither throw nor leak', async () => {
  const uncaught = await uncaughtDuring(() => {
    using work = traced({ metadata: (context) => context, measurements: (context) => context })
    const contexts = [null, undefined, 7, 'text', Symbol('s'), () => 1, Object.freeze({}), []]
    const payloads = hostilePayloads().flatMap(({ metadata, measurements }) => [metadata, measurements])
    for (const context of [...contexts, ...payloads]) {
      for (const phase of [
        'end',
        'asyncEnd',
        'error',
        'start',
        'start',
        'end',
        'asyncStart',
        'end',
        'error',
      ] as const) {
        publish('test', phase, context)
      }
    }
    assert.is(work.bus.stats().openSpans, 0)
    assert.is(work.bus.stats().doubleEnded, 0)
  })
  assert.equal(uncaught, [])
})

test('an end without a start is nothing, and a start while the call is under way is no second one', () => {
  using work = traced()
  const context = {}
  for (const phase of ['end', 'asyncStart', 'asyncEnd', 'error'] as const) publish('test', phase, context)
  assert.is(work.events.length, 0)
  publish('test', 'start', context)
  publish('test', 'start', context)
  publish('test', 'asyncEnd', context)
  assert.equal(namesOf(work.events), ['work.start', 'work.stop'])
})

test('an error that the publisher has told of elsewhere is an exception all the same', () => {
  using work = traced()
  const context = { error: new Error('broken') }
  publish('test', 'start', context)
  publish('test', 'end', context)
  assert.is(work.events[1]?.event, 'work.exception')
  assert.is(work.events[1]?.metadata['reason'], context.error)
})

test('a call whose context is let go of before its end is abandoned, and keeps nothing', async () => {
  using work = traced()
  using _correlated = correlate(work.bus)
  for (let i = 0; i < 1_000; i++) {
    channel.start.runStores({ ballast: new Uint8Array(1_000) }, () => {})
  }
  while (work.bus.stats().openSpans > 0) {
    collect()
    await new Promise(setImmediate)
  }
  const ends = work.events.filter(({ event }) => event === 'work.exception')
  assert.is(ends.length, 1_000)
  assert.is(ends[0]?.metadata['outcome'], 'abandoned')
})

test('a context that is used again is another call', () => {
  using work = traced()
  const context = {}
  channel.traceSync(() => 1, context)
  channel.traceSync(() => 2, context)
  assert.equal(namesOf(work.events), ['work.start', 'work.stop', 'work.start', 'work.stop'])
  assert.is.not(work.events[0]?.metadata['span_id'], work.events[2]?.metadata['span_id'])
})

test('a publisher that says it does not wait ends at the return, and one that says it does ends later', () => {
  using work = traced()
  const [handled, awaited] = [{ async: false }, { async: true }]
  publish('test', 'start', handled)
  publish('test', 'end', handled)
  publish('test', 'start', awaited)
  publish('test', 'end', awaited)
  assert.equal(namesOf(work.events), ['work.start', 'work.stop', 'work.start'])
  publish('test', 'asyncEnd', awaited)
  assert.is(work.events.at(-1)?.event, 'work.stop')
})

test('calls that handlers of the operation make are left out', () => {
  using work = traced()
  let calls = 0
  work.bus.attach('again', 'work.*', () => {
    if (calls++ < 100) channel.traceSync(() => 1, {})
  })
  channel.traceSync(() => 1, {})
  assert.equal(namesOf(work.events), ['work.start', 'work.stop'])
  assert.is(calls, 2)
  assert.is(work.bus.stats().dropped, 0)
})

test('a call that ends while another one is being told of is not lost', () => {
  using work = traced({ metadata: ({ id }) => ({ id }) })
  const waiting = { id: 'waiting' }
  work.bus.attach('finisher', 'work.start', (_event, _measurements, { id }) => {
    if (id !== 'other') return
    publish('test', 'asyncEnd', waiting)
    channel.traceSync(() => 1, { id: 'made by a handler' })
  })
  publish('test', 'start', waiting)
  channel.traceSync(() => 1, { id: 'other' })
  const stopped = work.events.filter(({ event }) => event === 'work.stop').map(({ metadata }) => metadata['id'])
  assert.equal(stopped, ['waiting', 'other'])
})

test.run()
