import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { createQueue } from '../../src/delivery/queue.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { setupQueue } from './queue-setup.ts'

const test = suite('delivery/queue')

test('when the items are full the oldest gives way, and it is counted and told', () => {
  const { queue, takeAll, dropped, events } = setupQueue({ maxItems: 2 })
  for (const item of ['a', 'b', 'c']) assert.is(queue.enqueue(item), true)
  assert.equal(dropped(), [['overflow', 1]])
  assert.equal(events[0]?.metadata, { sink: 'webhook', reason: 'overflow' })
  assert.equal(
    takeAll().map(({ item }) => item),
    ['b', 'c'],
  )
  queue.ledger.assertConserved()
})

test('when the bytes are full as many of the oldest give way as are needed', () => {
  const { queue, takeAll, dropped } = setupQueue({ maxBytes: 10 })
  for (const bytes of [4, 4, 2, 7]) queue.enqueue(`${bytes}`, { bytes })
  assert.is(queue.bytes, 9)
  assert.equal(dropped(), [['overflow', 2]])
  assert.equal(
    takeAll().map(({ item }) => item),
    ['2', '7'],
  )
})

test('nothing is sacrificed for an item that cannot fit', () => {
  const { queue, takeAll, dropped } = setupQueue({ maxBytes: 10 })
  queue.enqueue('taken', { bytes: 5 })
  takeAll()
  queue.enqueue('waits', { bytes: 5 })
  for (const bytes of [6, 11, Number.POSITIVE_INFINITY]) assert.is(queue.enqueue('big', { bytes }), false)
  assert.equal(dropped(), [['overflow', 3]])
  assert.is(queue.take()?.item, 'waits')
  queue.ledger.assertConserved()
})

test('what is on its way is never the one that gives way', () => {
  const { queue, takeAll, dropped } = setupQueue({ maxItems: 1 })
  queue.enqueue('a')
  const [a] = takeAll()
  assert.is(queue.enqueue('b'), false)
  assert.equal(dropped(), [['overflow', 1]])
  if (a !== undefined) queue.deliver(a)
  assert.is(queue.enqueue('c'), true)
  assert.is(queue.ledger.snapshot().delivered, 1)
})

test('an item too old is not given out any more, and one under way may end', () => {
  const { clock, queue, takeAll, dropped } = setupQueue({ maxAgeMs: 1_000 })
  queue.enqueue('under way')
  const [first] = takeAll()
  queue.enqueue('old')
  clock.advance(999)
  assert.equal(queue.review(), { takeAt: Number.NEGATIVE_INFINITY, expireAt: 1e9 })
  queue.enqueue('young')
  clock.advance(1)
  assert.equal(
    takeAll().map(({ item }) => item),
    ['young'],
  )
  assert.equal(dropped(), [['expired', 1]])
  if (first !== undefined) queue.postpone(first, 0)
  queue.review()
  assert.equal(dropped(), [['expired', 2]])
})

test('an item postponed comes back after its wait, before the others of its key', () => {
  const { clock, queue, takeAll } = setupQueue()
  for (const item of ['a1', 'a2']) queue.enqueue(item, { key: 'a' })
  const [entry] = takeAll()
  if (entry !== undefined) queue.postpone(entry, 20)
  assert.equal(takeAll(), [])
  assert.is(queue.review().takeAt, 20e6)
  clock.advance(20)
  assert.equal(
    takeAll().map(({ item }) => item),
    ['a1'],
  )
})

test('settled waits for what was accepted before it and for nothing else', async () => {
  const { queue, takeAll } = setupQueue()
  await queue.settled()
  queue.enqueue('a')
  let done = false
  void queue.settled().then(() => (done = true))
  queue.enqueue('b')
  const [a, b] = takeAll()
  if (b !== undefined) queue.deliver(b)
  await settle()
  assert.is(done, false)
  queue.enqueue('c')
  if (a !== undefined) queue.drop(a, 'permanent')
  await settle()
  assert.is(done, true)
})

test('bad bounds and a second listener are refused', () => {
  for (const bad of [{ maxItems: 0 }, { maxBytes: Number.NaN }, { maxAgeMs: -1 }]) {
    assert.throws(
      () => setupQueue(bad),
      (error: Error) => error.message.includes(`'${Object.keys(bad)[0]}'`),
    )
  }
  assert.throws(() => createQueue({ bus: createBus(), sink: '' }), /'sink'/)
  const { queue } = setupQueue()
  queue.watch(() => {})
  assert.throws(() => queue.watch(() => {}), /has a sender/)
})

test.run()
