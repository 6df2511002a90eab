import fc from 'fast-check'
import { createBus } from 'sonde'
import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { later, toHrTime } from '../../../handlers/tracing/span-time.ts'
import { suite } from '../../harness/suite.ts'
import { tearDown, traced } from './set-up.ts'

const test = suite('handlers/tracing: times')

test.after.each(tearDown)

test('milliseconds become seconds and nanoseconds, carried over where they must', () => {
  assert.equal(toHrTime(1_700_000_000_123.5), [1_700_000_000, 123_500_000])
  assert.equal(toHrTime(999.999_999_9), [1, 0])
  assert.equal(toHrTime(5), [0, 5_000_000])
  assert.equal(later([1, 999_999_999], 2), [2, 1])
  assert.equal(later([1, 0], -1), [0, 999_999_999])
})

test('a later time is later by exactly so many nanoseconds', () => {
  const times = fc.tuple(fc.integer({ min: 0, max: 2e9 }), fc.integer({ min: 0, max: 999_999_999 }))
  fc.assert(
    fc.property(times, fc.integer({ min: 0, max: 1e15 }), ([seconds, nanos], duration) => {
      const [a, b] = later([seconds, nanos], duration)
      assert.is(BigInt(a) * 1_000_000_000n + BigInt(b), BigInt(seconds) * 1_000_000_000n + BigInt(nanos + duration))
      assert.ok(b >= 0 && b < 1e9)
    }),
  )
})

test('a span has the times of its events, to the nanosecond', () => {
  const clock = manualClock(1_700_000_000_000)
  const { bus, spans } = traced({ bus: createBus({ clock }) })
  clock.advance(0.25)
  bus.span('shop.pay', {}, () => clock.advance(12.345_678))
  assert.equal(spans[0]?.startTime, [1_700_000_000, 250_000])
  assert.equal(spans[0]?.duration, [0, 12_345_678])
})

test('a clock that starts at nothing is not taken for another one', () => {
  const clock = manualClock(0)
  const { bus, spans } = traced({ bus: createBus({ clock }) })
  clock.advance(7)
  bus.span('shop.pay', {}, () => clock.advance(3))
  assert.equal(
    [spans[0]?.startTime, spans[0]?.endTime],
    [
      [0, 7_000_000],
      [0, 10_000_000],
    ],
  )
})

test('times that are none are those at which the events came', () => {
  const clock = manualClock(1_000)
  const { bus, spans } = traced({ bus: createBus({ clock }) })
  for (const [i, wrong] of [undefined, Number.NaN, -1, '5', Number.POSITIVE_INFINITY].entries()) {
    const span_id = `00000000000000c${i}`
    bus.execute('odd.start', { system_time: wrong }, { span_id })
    clock.advance(10)
    bus.execute('odd.stop', { duration: wrong }, { span_id, outcome: 'ok' })
    assert.equal(spans[i]?.duration, [0, 10_000_000])
  }
})

test.run()
