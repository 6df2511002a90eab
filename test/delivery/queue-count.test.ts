import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { setupOutbox } from './outbox/set-up.ts'
import { setupQueue } from './queue-setup.ts'
import { delivered, setupSender } from './sender-setup.ts'

const test = suite('delivery/queue with items that count for several')

test('the books and the events count what is in an item', () => {
  const { queue, events, dropped } = setupQueue({ maxItems: 2 })
  for (const count of [3, 5, 7]) queue.enqueue(`${count}`, { count })
  assert.is(queue.ledger.snapshot().in_flight, 12)
  assert.equal(dropped(), [['overflow', 3]])
  assert.equal(events[0]?.measurements, { count: 3 })
  queue.ledger.assertConserved()
})

test('of an item that was taken in part, the rest is dropped and not sent again', async () => {
  const { queue, answer, sent, dropped, advance } = setupSender()
  queue.enqueue('a', { count: 10 })
  await advance(0)
  await answer({ ...delivered, rejected: 4 })
  assert.equal([...sent, queue.size], ['a', 0])
  assert.is(queue.ledger.snapshot().delivered, 6)
  assert.equal(dropped(), [['permanent', 4]])
  queue.ledger.assertConserved()
})

test('more than there is cannot be refused', () => {
  const { queue, takeAll } = setupQueue()
  queue.enqueue('a', { count: 2 })
  queue.enqueue('b', { count: 2 })
  for (const [i, entry] of takeAll().entries()) queue.deliver(entry, [99, -1][i])
  const { delivered: arrived, dropped } = queue.ledger.snapshot()
  assert.equal([arrived, dropped.permanent], [2, 2])
  queue.ledger.assertConserved()
})

test('an outbox knows after a restart what its items count for', async () => {
  const setup = setupOutbox()
  const stored = setup.open().enqueue(Buffer.from('request'), { count: 41 })
  await setup.written()
  assert.is(await stored, 'disk')
  assert.is(setup.open().ledger.snapshot().in_flight, 41)
  await setup.end()
})

test.run()
