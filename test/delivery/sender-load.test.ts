import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Deliver } from '../../src/delivery/attempt.ts'
import type { DeliveryResult } from '../../src/delivery/outcome.ts'
import { createQueue } from '../../src/delivery/queue.ts'
import { createSender } from '../../src/delivery/sender.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { random } from '../metrics/random.ts'
import { delivered, retry, setupSender } from './sender-setup.ts'

const test = suite('delivery/sender under load')

/** Moves the clock in steps, and lets what each has begun come to rest. */
async function pass(clock: ManualClock, ms: number, stepMs: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    clock.advance(stepMs)
    await settle(1)
  }
}

/** Times in milliseconds from enqueue to delivery of 200 items, one each 10 ms, to a receiver that takes 7 ms. */
async function timesBeside(neighbours: readonly Deliver<number>[]): Promise<number[]> {
  const clock = manualClock()
  const bus = createBus({ clock })
  const times: number[] = []
  const healthy: Deliver<number> = (sentAt) =>
    new Promise((resolve) => {
      clock.after(7, () => {
        times.push(clock.wallTime() - sentAt)
        resolve(delivered)
      })
    })
  const destinations = [healthy, ...neighbours].map((deliver, index) => {
    const queue = createQueue<number>({ bus, sink: `webhook-${index}` })
    return { queue, sender: createSender(bus, { queue, deliver, random: random(index) }) }
  })
  for (let item = 0; item < 200; item++) {
    for (const { queue } of destinations) queue.enqueue(clock.wallTime())
    await settle(1)
    await pass(clock, 10, 1)
  }
  await destinations[0]?.sender.flush()
  for (const { queue, sender } of destinations) {
    queue.ledger.assertConserved()
    sender.close()
    queue.ledger.assertConserved()
    assert.is(queue.ledger.snapshot().accepted, 200)
  }
  assert.is(clock.pending, 0)
  return times
}

test('three dead neighbours cost a healthy destination nothing', async () => {
  const alone = await timesBeside([])
  const dead: Deliver<number>[] = [
    () => new Promise(() => {}),
    async () => retry,
    async () => {
      throw new Error('dead')
    },
  ]
  assert.equal(await timesBeside(dead), alone)
  assert.is(alone.length, 200)
})

test('after an outage 5,000 items come at the rate and no faster, and all come', async () => {
  let back = false
  const arrivals: number[] = []
  const { queue, sender, clock } = setupSender(
    {
      deliver: async () => {
        if (!back) return retry
        arrivals.push(clock.monotonicTime() / 1e6)
        return delivered
      },
      ratePerSecond: 100,
      burst: 10,
      random: random(1),
    },
    { maxItems: 5_000 },
  )
  for (let item = 0; item < 5_000; item++) queue.enqueue('x')
  await pass(clock, 60_000, 500)
  back = true
  await pass(clock, 75_000, 5)
  await sender.flush()
  assert.is(queue.ledger.snapshot().delivered, 5_000)
  for (const [index, first] of arrivals.entries()) {
    // One second from any arrival on: the rate, and the burst that a rest has saved.
    const later = arrivals[index + 110]
    assert.ok(later === undefined || later - first >= 1_000, `111 arrivals in ${(later ?? 0) - first} ms`)
  }
  queue.ledger.assertConserved()
  sender.close()
})

test('one item that never succeeds takes no time from a thousand others', async () => {
  const timeOf = async (poison: boolean): Promise<number> => {
    const deliver: Deliver<string> = (item) =>
      new Promise<DeliveryResult>((resolve) => {
        clock.after(2, () => resolve(item === 'poison' ? retry : delivered))
      })
    const { queue, sender, clock } = setupSender({ deliver, random: random(2) }, { maxAgeMs: 3_600_000 })
    if (poison) queue.enqueue('poison', { key: 'bad' })
    for (let item = 0; item < 1_000; item++) queue.enqueue('good', { key: `key ${item % 50}` })
    let took = 0
    for (; queue.ledger.snapshot().delivered < 1_000; took++) await pass(clock, 1, 1)
    assert.is(queue.size, poison ? 1 : 0)
    await pass(clock, 3_700_000, 20_000)
    assert.is(queue.ledger.snapshot().dropped.expired, poison ? 1 : 0)
    queue.ledger.assertConserved()
    sender.close()
    return took
  }
  const [clean, poisoned] = [await timeOf(false), await timeOf(true)]
  assert.ok(poisoned <= clean * 1.05, `${poisoned} ms instead of ${clean} ms`)
})

test('a wall clock that jumps and a loop that was blocked for 5 s make no burst and no gap', async () => {
  const clock = manualClock()
  let blockedMs = 0
  // As after a block: the time is later at once, and the timers come after that.
  const late = { ...clock, monotonicTime: () => clock.monotonicTime() + blockedMs * 1e6 }
  const bus = createBus({ clock: late })
  const queue = createQueue<string>({ bus, sink: 'webhook' })
  let arrived = 0
  const deliver = async () => {
    arrived++
    return delivered
  }
  const sender = createSender(bus, { queue, deliver, ratePerSecond: 10, burst: 3 })
  for (let item = 0; item < 100; item++) queue.enqueue('x')
  await settle()
  assert.is(arrived, 3)
  for (const wall of [86_400_000, -3_600_000, 0]) {
    clock.setWallTime(wall)
    const before = arrived
    await pass(clock, 1_000, 10)
    assert.is(arrived - before, 10)
  }
  blockedMs = 5_000
  await settle()
  assert.is(arrived, 33)
  await pass(clock, 100, 100)
  assert.is(arrived, 36)
  await pass(clock, 1_000, 10)
  assert.is(arrived, 46)
  sender.close()
  queue.ledger.assertConserved()
})

test.run()
