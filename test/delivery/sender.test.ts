import * as assert from 'uvu/assert'
import { createSender } from '../../src/delivery/sender.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { setupQueue } from './queue-setup.ts'
import { delivered, permanent, retry, setupSender } from './sender-setup.ts'

const test = suite('delivery/sender')

test('items go out after the stack that enqueued them, two at a time', async () => {
  const { queue, sent, answer } = setupSender()
  for (const item of ['a', 'b', 'c']) queue.enqueue(item)
  assert.equal(sent, [])
  await settle()
  assert.equal(sent, ['a', 'b'])
  await answer(delivered)
  assert.equal(sent, ['a', 'b', 'c'])
  queue.ledger.assertConserved()
})

test('what is in the queue before the sender is made goes out too', async () => {
  const { bus, queue } = setupQueue()
  queue.enqueue('early')
  const sender = createSender(bus, { queue, deliver: async () => delivered })
  await settle()
  assert.is(queue.ledger.snapshot().delivered, 1)
  sender.close()
})

test('a retry waits 0.5 s, then 1 s, and then is delivered', async () => {
  const { queue, sent, answer, advance, sender, clock } = setupSender()
  queue.enqueue('a')
  await settle()
  for (const wait of [500, 1_000]) {
    await answer(retry)
    const before = sent.length
    await advance(wait - 1)
    assert.is(sent.length, before)
    await advance(1)
    assert.is(sent.length, before + 1)
  }
  await answer(delivered)
  await sender.flush()
  assert.is(queue.ledger.snapshot().delivered, 1)
  assert.is(clock.pending, 0)
})

test('a permanent failure is dropped and told, and the next one goes', async () => {
  const { queue, sent, answer, events } = setupSender({ concurrency: 1 })
  for (const item of ['bad', 'good']) queue.enqueue(item)
  await settle()
  await answer(permanent)
  assert.equal(sent, ['bad', 'good'])
  assert.equal(events[0]?.metadata, { sink: 'webhook', reason: 'permanent' })
})

test('a key waits for its first, other keys do not', async () => {
  const { queue, sent, answer, advance } = setupSender()
  queue.enqueue('a1', { key: 'a' })
  queue.enqueue('a2', { key: 'a' })
  queue.enqueue('b1', { key: 'b' })
  await settle()
  assert.equal(sent, ['a1', 'b1'])
  await answer(retry)
  await answer(delivered)
  assert.equal(sent, ['a1', 'b1'])
  await advance(500)
  await answer(delivered)
  assert.equal(sent, ['a1', 'b1', 'a1', 'a2'])
})

test('while a Retry-After lasts nothing is sent at all', async () => {
  const { queue, sent, answer, advance } = setupSender()
  queue.enqueue('a')
  await settle()
  await answer({ ...retry, retryAfterMs: 7_000 })
  queue.enqueue('b')
  await advance(6_999)
  assert.equal(sent, ['a'])
  await advance(1)
  assert.equal(sent.sort(), ['a', 'a', 'b'])
})

test('no more is sent per second than the rate allows, retries included', async () => {
  const { queue, sent, advance } = setupSender({ ratePerSecond: 4, burst: 2, deliver: async () => delivered })
  for (let item = 0; item < 10; item++) queue.enqueue(String(item))
  await settle()
  assert.is(sent.length, 2)
  const counts = []
  for (let quarter = 0; quarter < 8; quarter++) {
    await advance(250)
    counts.push(sent.length)
  }
  assert.equal(counts, [3, 4, 5, 6, 7, 8, 9, 10])
})

test('after failures in a row it pauses, then one trial decides', async () => {
  const { queue, sent, answer, advance, sender, open } = setupSender({ failures: 3, baseMs: 0, concurrency: 2 })
  for (const item of ['a', 'b', 'c', 'd']) queue.enqueue(item)
  await settle()
  for (let failure = 0; failure < 3; failure++) await answer(retry)
  await answer(retry)
  assert.equal([sender.circuit, open()], ['open', 0])
  const before = sent.length
  await advance(9_999)
  assert.is(sent.length, before)
  await advance(1)
  assert.equal([sender.circuit, sent.length], ['trial', before + 1])
  await answer(retry)
  assert.is(sender.circuit, 'open')
  await advance(10_000)
  await answer(delivered)
  assert.equal([sender.circuit, open()], ['closed', 2])
})

test('an item that expires while nothing is sent is dropped when its time comes', async () => {
  const { queue, answer, advance, sender, dropped, clock } = setupSender({}, { maxAgeMs: 2_000 })
  queue.enqueue('a')
  await settle()
  await answer({ ...retry, retryAfterMs: 60_000 })
  const flushed = sender.flush()
  await advance(2_000)
  await flushed
  assert.equal(dropped(), [['expired', 1]])
  assert.is(clock.pending, 0)
})

test('an attempt that hangs gives its place to others', async () => {
  const { queue, sent, advance } = setupSender({ concurrency: 1, timeoutMs: 1_000 })
  for (const item of ['hangs', 'next']) queue.enqueue(item)
  await advance(0)
  await advance(1_000)
  assert.equal(sent, ['hangs', 'next'])
})

test.run()
