import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import { startPoller } from '../../src/runtime/poller.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { poll, settle } from './polling.ts'

const test = suite('runtime/poll-task')

test('runs stay on the schedule however long they take', async () => {
  const at: number[] = []
  const { bus, clock, poller } = poll([
    {
      name: 'slow',
      measure: () => {
        at.push(bus.clock.monotonicTime() / 1e6)
        return new Promise((resolve) => void bus.clock.after(300, resolve))
      },
    },
  ])
  for (let ms = 0; ms < 5_000; ms += 100) {
    clock.advance(100)
    await settle()
  }
  assert.equal(at.slice(0, 5), [0, 1_000, 2_000, 3_000, 4_000])
  poller.stop()
})

test('a stall leaves out what was due meanwhile instead of catching up', () => {
  const clock = manualClock()
  let stalled = 0
  // Timers of a blocked loop fire late: time has passed before they are run.
  const late = { ...clock, monotonicTime: () => clock.monotonicTime() + stalled * 1e6 }
  const at: number[] = []
  const bus = createBus({ clock: late })
  const poller = startPoller(bus, {
    periodMs: 1_000,
    measurements: [{ name: 'm', measure: () => void at.push(late.monotonicTime() / 1e6) }],
  })
  clock.advance(1_000)
  stalled = 10_300
  clock.advance(5_000)
  assert.equal(at, [0, 1_000, 12_300, 13_000, 14_000, 15_000, 16_000].slice(0, at.length))
  assert.ok(at.length >= 6, `${at}`)
  poller.stop()
})

test('one that throws is tried after twice the period, then four times, up to the bound, and never stops another', () => {
  const boom = new Error('boom')
  let others = 0
  const { clock, failures, poller } = poll(
    [
      {
        name: 'broken',
        measure: () => {
          throw boom
        },
      },
      { name: 'sound', measure: () => void others++ },
    ],
    { maxBackoffMs: 6_000 },
  )
  clock.advance(2_000 + 4_000 + 6_000 + 6_000)
  assert.equal(
    failures.map(({ failures: count, retryMs }) => [count, retryMs]),
    [
      [1, 2_000],
      [2, 4_000],
      [3, 6_000],
      [4, 6_000],
      [5, 6_000],
    ],
  )
  assert.is(failures[0]?.reason, boom)
  assert.is(failures[0]?.measurement, 'broken')
  assert.is(others, 19)
  poller.stop()
})

test('a success brings the period back', () => {
  let healthy = false
  let calls = 0
  const { clock, failures, poller } = poll([
    {
      name: 'flaky',
      measure: () => {
        calls++
        if (!healthy) throw new Error('not yet')
      },
    },
  ])
  clock.advance(2_000)
  healthy = true
  clock.advance(4_000)
  assert.is(calls, 3)
  clock.advance(1_000)
  assert.is(calls, 4)
  healthy = false
  clock.advance(1_000)
  assert.is(failures.at(-1)?.failures, 1)
  poller.stop()
})

test('a promise that rejects is a failure', async () => {
  const { clock, failures, poller } = poll([{ name: 'm', measure: () => Promise.reject(new Error('later')) }])
  clock.advance(0)
  await settle()
  assert.is(failures.length, 1)
  assert.is(failures[0]?.retryMs, 2_000)
  poller.stop()
})

test('a promise of `read` is emitted when it resolves', async () => {
  const { bus, clock, poller } = poll([{ name: 'm', event: 'm.read', read: async () => ({ value: 1 }) }])
  let emitted = 0
  bus.attach('recorder', 'm.read', () => void emitted++)
  clock.advance(0)
  assert.is(emitted, 0)
  await settle()
  assert.is(emitted, 1)
  poller.stop()
})

test('a promise that takes too long is a failure, is never overlapped, and what it gives later is thrown away', async () => {
  let resolve: ((value: { value: number }) => void) | undefined
  let reads = 0
  const { bus, clock, failures, poller } = poll(
    [
      {
        name: 'slow',
        event: 'slow.read',
        read: () => {
          reads++
          return new Promise((done) => {
            resolve = done
          })
        },
      },
    ],
    { timeoutMs: 500 },
  )
  let emitted = 0
  bus.attach('recorder', 'slow.read', () => void emitted++)
  clock.advance(500)
  assert.is(failures.length, 1)
  assert.ok(failures[0]?.reason instanceof TelemetryError && failures[0].reason.code === 'timeout')
  clock.advance(2_000)
  assert.is(failures.length, 2)
  assert.is(reads, 1)
  resolve?.({ value: 1 })
  await settle()
  assert.is(emitted, 0)
  clock.advance(4_000)
  assert.is(reads, 2)
  resolve?.({ value: 2 })
  await settle()
  assert.is(emitted, 1)
  poller.stop()
})

test('what is not measurements is refused by the bus, and polling goes on', () => {
  // @ts-expect-error wrong on purpose
  const { bus, clock, failures, poller } = poll([{ name: 'm', event: 'm.read', read: () => 7 }])
  bus.attach('recorder', 'm.read', () => {})
  clock.advance(1_000)
  assert.is(bus.stats().invalid, 2)
  assert.equal(failures, [])
  poller.stop()
})

test.run()
