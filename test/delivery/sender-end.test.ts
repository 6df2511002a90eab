import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { delivered, permanent, retry, setupSender } from './sender-setup.ts'

const test = suite('delivery/sender to its end')

test('close aborts what is under way, drops the rest and leaves nothing', async () => {
  let aborted = 0
  const { queue, sender, clock, dropped, events, advance } = setupSender({
    deliver: (_item, signal) => new Promise(() => signal.addEventListener('abort', () => aborted++)),
  })
  for (const item of ['a', 'b', 'c']) queue.enqueue(item)
  await settle()
  const flushed = sender.flush()
  sender.close()
  await flushed
  assert.is(aborted, 2)
  assert.equal(dropped(), [['shutdown', 3]])
  assert.equal(
    events.map(({ measurements }) => measurements),
    [{ count: 3 }],
  )
  assert.is(clock.pending, 0)
  sender.close()
  queue.enqueue('late')
  await advance(100_000)
  assert.is(clock.pending, 0)
  queue.ledger.assertConserved()
})

test('close leaves no timer while an item waits, the circuit is open or deliver itself closes', async () => {
  const waiting = setupSender({ failures: 1 })
  waiting.queue.enqueue('a')
  await settle()
  await waiting.answer(retry)
  assert.is(waiting.clock.pending, 1)
  waiting.sender.close()
  assert.is(waiting.clock.pending, 0)

  const closing = setupSender({ deliver: () => new Promise(() => closing.sender.close()) })
  for (const item of ['a', 'b']) closing.queue.enqueue(item)
  await settle()
  assert.equal(closing.sent, ['a'])
  assert.is(closing.clock.pending, 0)
  closing.queue.ledger.assertConserved()
})

test('flush waits for what was accepted before it, through its retries', async () => {
  const { queue, sender, answer, advance } = setupSender({ concurrency: 1 })
  queue.enqueue('a')
  await settle()
  let flushed = false
  void sender.flush().then(() => (flushed = true))
  queue.enqueue('b')
  await answer(retry)
  await answer(retry)
  assert.is(flushed, false)
  await advance(500)
  await answer(delivered)
  assert.is(flushed, true)
  sender.close()
})

test('a destination that is dead does not hold up another', async () => {
  const dead = setupSender()
  const alive = setupSender({ deliver: async () => delivered })
  for (let item = 0; item < 100; item++) {
    dead.queue.enqueue('x')
    alive.queue.enqueue('x')
  }
  await alive.sender.flush()
  assert.is(alive.queue.ledger.snapshot().delivered, 100)
  assert.is(dead.queue.ledger.snapshot().in_flight, 100)
})

test('whatever the order of enqueue, answers, time, flush and close, nothing is lost', async () => {
  const what = fc.constantFrom(
    'enqueue',
    'enqueue',
    'enqueue',
    'deliver',
    'refuse',
    'retry',
    'advance',
    'flush',
    'close',
  )
  const step = fc.record({ what, number: fc.nat(9), key: fc.constantFrom('a', 'b', undefined) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const setup = setupSender({ failures: 3 }, { maxItems: 6 })
      const { queue, sender, clock } = setup
      const flushes: Promise<void>[] = []
      for (const { what, number, key } of steps) {
        if (what === 'enqueue') queue.enqueue('x', key === undefined ? {} : { key })
        else if (what === 'deliver') await setup.answer(delivered)
        else if (what === 'refuse') await setup.answer(permanent)
        else if (what === 'retry') await setup.answer(number > 7 ? { ...retry, retryAfterMs: 9_000 } : retry)
        else if (what === 'advance') await setup.advance(number * number * 100)
        else if (what === 'flush') flushes.push(sender.flush())
        else if (number === 0) sender.close()
        queue.ledger.assertConserved()
      }
      // Retries wait a minute at most, so that whoever is not closed is done after two.
      for (let round = 0; round < 60 && queue.size > 0; round++) {
        await setup.answer(delivered)
        await setup.advance(2_000)
      }
      await Promise.all(flushes)
      assert.is(queue.size, 0)
      sender.close()
      const { accepted, delivered: out, dropped, in_flight } = queue.ledger.snapshot()
      assert.is(accepted, out + Object.values(dropped).reduce((sum, count) => sum + count, 0))
      assert.is(in_flight + clock.pending, 0)
    }),
    { numRuns: 300 },
  )
})

test.run()
