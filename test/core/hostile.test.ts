import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { captureConsoleErrors } from './console-errors.ts'
import { hostileValues, mustNotThrow, trappedProxy } from './hostile-values.ts'
import { record } from './recorder.ts'
import { turn } from './turn.ts'
import { callUntyped, thrownBy } from './untyped.ts'

const test = suite('core/hostile', { limitMs: 60_000 })
const TIMES = 10_000
const same = (one: unknown, other: unknown) => assert.ok(Object.is(one, other))

for (const { what, value } of hostileValues()) {
  test(`a handler that throws ${what} ${TIMES} times reaches neither the emitter nor the next handler`, () => {
    const bus = createBus({ onFailure: 'keep' })
    let [later, reports, reasons] = [0, 0, 0]
    bus.attach('bad', 'a', () => {
      throw value
    })
    bus.attach('later', 'a', () => void later++)
    bus.attach('reports', 'telemetry.handler.failure', (_event, _measurements, metadata) => {
      reports++
      if (Object.is(metadata['reason'], value)) reasons++
      assert.type(metadata['stacktrace'], 'string')
    })

    mustNotThrow(() => {
      for (let i = 0; i < TIMES; i++) bus.execute('a', {})
    }, what)

    assert.equal([later, reports, reasons], [TIMES, TIMES, TIMES])
    assert.is(bus.stats().failures, TIMES)
  })

  test(`while nobody listens to failures, ${what} is one short line of plain text`, () => {
    using errors = captureConsoleErrors()
    const bus = createBus({ onFailure: 'keep', clock: manualClock() })
    bus.attach('bad', 'a', () => {
      throw value
    })

    mustNotThrow(() => {
      for (let i = 0; i < 100; i++) bus.execute('a', {})
    }, what)

    assert.is(errors.calls.length, 1)
    const [line, ...rest] = errors.calls[0] ?? []
    assert.is(rest.length, 0)
    assert.type(line, 'string')
    assert.ok(String(line).length <= 4_096, 'it is short')
    assert.not.match(String(line), /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
  })

  test(`a span whose body throws ${what} throws that value on, and reports it`, () => {
    const bus = createBus()
    const events = record(bus, 'op.*')

    const caught = thrownBy(() =>
      bus.span('op', {}, () => {
        throw value
      }),
    )

    same(caught, value)
    assert.is(events.length, 2)
    same(events[1]?.metadata['reason'], value)
    assert.is(events[1]?.metadata['outcome'], 'exception')
    assert.type(events[1]?.metadata['stacktrace'], 'string')
  })

  test(`a body, a handler and a payload may be ${what}`, async () => {
    const bus = createBus({ onFailure: 'keep' })
    const events = record(bus, '**')
    callUntyped(bus.attach, bus, 'returns it', 'a', () => value)

    mustNotThrow(() => {
      const returned = bus.span('op', {}, (span) => {
        span.set({ value }).measure({ value: 1 }).fail(value)
        callUntyped(span.set, span, value)
        callUntyped(span.measure, span, value)
        return value
      })
      same(returned, value)
      for (const payload of [
        [value, {}],
        [{}, value],
        [{ value }, { value }],
      ]) {
        callUntyped(bus.execute, bus, 'a', ...payload)
        const point = bus.event('a')
        callUntyped(point.execute, point, ...payload)
        callUntyped(point.executeLazy, point, () => payload)
      }
      callUntyped(bus.execute, bus, value, {}, {})
      callUntyped(bus.event('a').executeLazy, bus.event('a'), () => value)
      callUntyped(bus.span, bus, 'op', value, () => {})
      callUntyped(bus.span, bus, value, {}, () => {})
      const span = callUntyped(bus.startSpan, bus, 'op', value)
      assert.type(Reflect.get(Object(span), 'stop'), 'function')
      bus.startSpan('op').stop({}, { value })
      bus.startSpan('op').exception(value)
    }, what)
    await turn()

    assert.ok(events.length > 0)
  })
}

test('handlers may return thenables of every kind', async () => {
  const bus = createBus({ onFailure: 'keep' })
  record(bus, 'telemetry.handler.failure')
  let later = 0
  const results: unknown[] = [
    Object.defineProperty({}, 'then', { get: trappedProxy }),
    Object.defineProperty({}, 'then', {
      get() {
        throw new Error('no')
      },
    }),
    {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
      then() {
        throw new Error('no')
      },
    },
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    { then: 'text' },
    {
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
      then(_resolve: unknown, reject: (reason: unknown) => void) {
        reject(new Error('one'))
        reject(new Error('two'))
      },
    },
    new Promise(() => {}),
    Promise.resolve(1),
  ]
  for (const [i, result] of results.entries()) callUntyped(bus.attach, bus, `${i}`, 'a', () => result)
  bus.attach('later', 'a', () => void later++)

  mustNotThrow(() => {
    for (let i = 0; i < 100; i++) bus.execute('a', {})
  }, 'a thenable')
  await turn()

  assert.is(later, 100)
})

test('a thenable result whose then throws is returned as it is, and ends the span', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  const result = {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    then() {
      throw new Error('no')
    },
  }

  const returned = bus.span('op', {}, () => result)

  assert.is(returned, result)
  assert.is(events.length, 2)
})

test.run()
