import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { namesOf, record } from './recorder.ts'
import { turn } from './turn.ts'

const test = suite('core/close')
const ignore = () => {}
const never = () => new Promise<void>(() => {})

/** Whether a promise has settled yet, by the end of this turn. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false
  promise.then(
    () => void (done = true),
    () => void (done = true),
  )
  await turn()
  return done
}

test('flush calls the flush of every handler once, in parallel, and waits for all', async () => {
  const bus = createBus()
  const begun: string[] = []
  const finish: (() => void)[] = []
  for (const id of ['1', '2', '3']) {
    const flush = () => {
      begun.push(id)
      return new Promise<void>((resolve) => void finish.push(resolve))
    }
    bus.attachMany(id, ['a', 'b', 'c.*'], ignore, undefined, { flush })
  }

  const flushed = bus.flush()
  assert.equal(begun, ['1', '2', '3'])
  finish[0]?.()
  finish[2]?.()
  assert.is(await settled(flushed), false)
  finish[1]?.()

  assert.is(await flushed, undefined)
  assert.is(bus.listHandlers('a').length, 3)
})

test('flush is a method of the options it was given', async () => {
  const bus = createBus()
  const options = {
    flushed: 0,
    async flush() {
      this.flushed++
    },
  }
  bus.attach('h', 'a', ignore, undefined, options)

  await bus.flush()

  assert.is(options.flushed, 1)
})

test('flush gives up after 5 s, and no timer is left of one that was in time', async () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  await bus.flush()
  assert.is(clock.pending, 0)
  bus.attach('hangs', 'a', ignore, undefined, { flush: never })

  const flushed = bus.flush()
  clock.advance(4_999)
  assert.is(await settled(flushed), false)
  clock.advance(1)

  assert.is(await settled(flushed), true)
  assert.is(clock.pending, 0)
})

test('a flush or close that throws or rejects is contained, and the others are called', async () => {
  const bus = createBus()
  record(bus, 'telemetry.**')
  const called: string[] = []
  const fail = (): never => {
    throw new Error('broken')
  }
  bus.attach('throws', 'a', ignore, undefined, { flush: fail, close: fail })
  bus.attach('rejects', 'a', ignore, undefined, { flush: async () => fail(), close: async () => fail() })
  bus.attach('works', 'a', ignore, undefined, {
    flush: async () => void called.push('flush'),
    close: () => void called.push('close'),
  })

  await bus.flush()
  await bus.close()

  assert.equal(called, ['flush', 'flush', 'close'])
})

test('close flushes, then closes and detaches every handler, once', async () => {
  const bus = createBus()
  const called: string[] = []
  for (const id of ['1', '2']) {
    bus.attachMany(id, ['a', 'b'], ignore, undefined, {
      flush: async () => {
        called.push(`flush ${id}`)
        await turn()
        called.push(`flushed ${id}`)
      },
      close: () => void called.push(`close ${id}`),
    })
  }

  await Promise.all([bus.close(), bus.close()])
  await bus.close()
  await bus.flush()

  assert.equal(called.slice(0, 4).sort(), ['flush 1', 'flush 2', 'flushed 1', 'flushed 2'])
  assert.equal(called.slice(4).sort(), ['close 1', 'close 2'])
  assert.equal(bus.listHandlers(), [])
  assert.is(bus.stats().handlers, 0)
})

test('close takes 5 s at most, flushing and closing together', async () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  bus.attach('hangs', 'a', ignore, undefined, { flush: never, close: never })
  bus.attach('closes late', 'a', ignore, undefined, { close: never })

  const closed = bus.close()
  clock.advance(4_999)
  assert.is(await settled(closed), false)
  clock.advance(1)

  assert.is(await settled(closed), true)
  assert.equal(bus.listHandlers(), [])
  assert.is(clock.pending, 0)
})

test('what is emitted while close flushes is still heard', async () => {
  const bus = createBus()
  const events = record(bus, 'last.words')
  bus.attach('h', 'a', ignore, undefined, { flush: async () => bus.execute('last.words', {}) })

  await bus.close()

  assert.equal(namesOf(events), ['last.words'])
})

test('after close nothing is emitted and nothing counts as listened', async () => {
  const bus = createBus()
  const events = record(bus, '**')
  const [point, operation] = [bus.event('a'), bus.operation('op')]
  const span = bus.startSpan('op')

  await bus.close()
  const { length } = events
  bus.execute('a', {})
  bus.execute('never.seen', {})
  bus.execute('not a name', {})
  point.execute({})
  point.executeLazy(() => [{}])
  span.stop()
  bus.startSpan('op').stop()

  assert.is(events.length, length)
  assert.is(point.enabled, false)
  assert.is(operation.enabled, false)
  assert.is(bus.event('new').enabled, false)
})

test('after close spans still run their function and pass its result on', async () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  const operation = bus.operation('op')
  await bus.close()

  assert.is(
    bus.span('op', {}, () => 1),
    1,
  )
  assert.is(
    operation.span({}, () => 2),
    2,
  )
  assert.is(await bus.span('op', {}, async () => 3), 3)
  assert.equal(
    [
      ...bus.span('op', {}, function* () {
        yield 4
      }),
    ],
    [4],
  )
  assert.is(events.length, 0)
})

test('after close nothing is attached', async () => {
  const bus = createBus()
  await bus.close()
  let calls = 0

  try {
    bus.attach('h', 'a', () => void calls++)
  } catch (error) {
    assert.instance(error, TelemetryError)
  }
  bus.execute('a', {})

  assert.is(calls, 0)
  assert.equal(bus.listHandlers(), [])
  assert.is(bus.event('a').enabled, false)
})

test('close leaves no timer of quarantines or of spans with deadlines', async () => {
  const clock = manualClock()
  const bus = createBus({ clock })
  record(bus, 'telemetry.**', 'op.**')
  bus.attach('bad', 'a', () => {
    throw new Error('broken')
  })
  bus.attach('bad async', 'b', async () => {
    throw new Error('broken')
  })
  bus.execute('a', {})
  bus.execute('b', {})
  await turn()
  bus.startSpan('op', {}, { deadlineMs: 60_000 }).stop()

  await bus.close()

  assert.is(clock.pending, 0)
})

test('closing one bus leaves another alone', async () => {
  const [one, two] = [createBus(), createBus()]
  const events = record(two, 'a')

  await one.close()
  two.execute('a', {})

  assert.is(events.length, 1)
})

test.run()
