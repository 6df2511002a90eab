import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { systemClock } from '../../src/core/clock.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'

const test = suite('core/clock')

test('monotonic time is integer nanoseconds that never go back', () => {
  let last = systemClock.monotonicTime()

  for (let i = 0; i < 100_000; i++) {
    const now = systemClock.monotonicTime()
    assert.ok(Number.isSafeInteger(now) && now >= last)
    last = now
  }
})

test('monotonic time runs in nanoseconds, beside performance.now()', () => {
  const before = performance.now()
  const time = systemClock.monotonicTime() / 1e6
  const after = performance.now()

  assert.ok(time >= before - 0.001 && time <= after + 0.001)
})

test('wall time is milliseconds since the epoch, beside Date.now()', () => {
  const before = Date.now()
  const time = systemClock.wallTime()
  const after = Date.now()

  assert.ok(time >= before - 2 && time <= after + 2, `${time} is not in ${before}…${after}`)
})

test('wall time of a monotonic reading just taken is that of the same moment', () => {
  const reading = systemClock.monotonicTime()

  assert.ok(Math.abs(systemClock.wallTime(reading) - systemClock.wallTime()) < 100)
})

test('after runs once, and not when it is cancelled', async () => {
  let [ran, cancelled] = [0, 0]
  const cancel = systemClock.after(0, () => void cancelled++)
  cancel()
  cancel()

  await new Promise<void>((resolve) => {
    systemClock.after(0, () => void ran++)
    // The system's timers do not keep the process alive, so one that does stands beside them.
    setTimeout(resolve, 20)
  })

  assert.equal([ran, cancelled], [1, 0])
})

test('every runs until it is cancelled', async () => {
  let runs = 0
  await new Promise<void>((resolve) => {
    const alive = setInterval(() => {}, 10)
    const cancel = systemClock.every(1, () => {
      if (++runs < 3) return
      cancel()
      clearInterval(alive)
      setTimeout(resolve, 20)
    })
  })

  assert.is(runs, 3)
})

test('a bus has the clock it was given, or the system’s', () => {
  const clock = manualClock()

  assert.is(createBus({ clock }).clock, clock)
  assert.is(createBus().clock, systemClock)
})

test('a step of the wall clock shows in system_time alone, never in a duration', () => {
  const clock = manualClock(1_000_000)
  const bus = createBus({ clock })
  const events = record(bus, 'op.*')

  bus.span('op', {}, () => {
    clock.advance(5)
    clock.setWallTime(0)
  })
  bus.span('op', {}, () => clock.setWallTime(9_000_000))

  assert.equal(
    events.map(({ measurements }) => measurements['duration']),
    [undefined, 5e6, undefined, 0],
  )
  assert.equal(
    events.map(({ measurements }) => measurements['system_time']),
    [1_000_000, undefined, 0, undefined],
  )
})

test('a step of the wall clock neither shortens nor lengthens a quarantine', () => {
  const clock = manualClock(1_000_000)
  const bus = createBus({ clock })
  record(bus, 'telemetry.**')
  let calls = 0
  bus.attach('h', 'a', () => {
    calls++
    throw new Error('broken')
  })
  bus.execute('a', {})

  clock.setWallTime(9_000_000)
  bus.execute('a', {})
  assert.is(calls, 1)

  clock.setWallTime(0)
  clock.advance(1_000)
  bus.execute('a', {})
  assert.is(calls, 2)
})

test('a bus on the system clock measures integer nanoseconds', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')

  bus.span('op', {}, () => {})

  const [start, stop] = events
  assert.ok(Number.isSafeInteger(start?.measurements['monotonic_time']))
  assert.ok(Number.isSafeInteger(stop?.measurements['duration']))
  assert.is(
    stop?.measurements['duration'],
    (stop?.measurements['monotonic_time'] ?? 0) - (start?.measurements['monotonic_time'] ?? 0),
  )
  assert.ok(Math.abs((start?.measurements['system_time'] ?? 0) - Date.now()) < 1_000)
})

test.run()
