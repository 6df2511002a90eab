import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { QueueEntry } from '../../src/delivery/queue.ts'
import { suite } from '../harness/suite.ts'
import { setupQueue } from './queue-setup.ts'

const test = suite('delivery/queue to its end')

test('close drops the rest and whatever comes later in one event, and what ends later changes nothing', async () => {
  const { clock, queue, takeAll, dropped, events } = setupQueue()
  for (const item of ['a', 'b', 'c']) queue.enqueue(item)
  const taken = takeAll()
  const settled = queue.settled()
  queue.close()
  await settled
  assert.equal(
    events.map(({ measurements }) => measurements),
    [{ count: 3 }],
  )
  for (const entry of taken) queue.deliver(entry)
  assert.is(queue.enqueue('late'), false)
  queue.close()
  assert.equal(dropped(), [['shutdown', 4]])
  assert.is(queue.size + queue.bytes + clock.pending, 0)
  queue.ledger.assertConserved()
})

test('a handler that fills or closes the queue while it drops breaks nothing', () => {
  const { bus, queue, dropped } = setupQueue({ maxItems: 2 })
  bus.attach('fill', 'telemetry.sink.dropped', () => void queue.enqueue('from the handler'))
  for (const item of ['a', 'b', 'c', 'd']) queue.enqueue(item)
  assert.is(queue.size, 2)
  queue.ledger.assertConserved()
  bus.attach('close', 'telemetry.sink.dropped', () => queue.close())
  queue.close()
  queue.ledger.assertConserved()
  assert.is(queue.size, 0)
  assert.equal(
    dropped().map(([reason]) => reason),
    ['overflow', 'shutdown'],
  )
})

test('a handler that closes the queue, or takes from it, while it makes room does not break the bound', () => {
  const closing = setupQueue({ maxItems: 1 })
  closing.bus.attach('close', 'telemetry.sink.dropped', () => closing.queue.close())
  assert.equal(
    ['a', 'b'].map((item) => closing.queue.enqueue(item)),
    [true, false],
  )
  assert.equal(closing.dropped(), [
    ['overflow', 1],
    ['shutdown', 1],
  ])

  const taking = setupQueue({ maxItems: 10, maxBytes: 10 })
  taking.bus.attach('take', 'telemetry.sink.dropped', () => void taking.takeAll())
  for (const bytes of [5, 5]) taking.queue.enqueue('x', { bytes })
  assert.is(taking.queue.enqueue('x', { bytes: 10 }), false)
  assert.is(taking.queue.bytes, 5)
  for (const { queue } of [closing, taking]) queue.ledger.assertConserved()
})

test('whatever is done with it, the books balance, the bounds hold and each item ends once', () => {
  const what = fc.constantFrom('enqueue', 'enqueue', 'take', 'deliver', 'drop', 'postpone', 'advance', 'close')
  const step = fc.record({ what, size: fc.nat(6), key: fc.constantFrom('a', 'b', undefined) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { clock, queue, events } = setupQueue({ maxItems: 5, maxBytes: 12, maxAgeMs: 500 })
      const taken: QueueEntry<string>[] = []
      for (const { what, size, key } of steps) {
        const next = what === 'deliver' || what === 'drop' || what === 'postpone' ? taken.shift() : undefined
        if (what === 'enqueue') queue.enqueue('x', { bytes: size, ...(key === undefined ? {} : { key }) })
        else if (what === 'take') taken.push(...[queue.take()].filter((entry) => entry !== undefined))
        else if (what === 'advance') clock.advance(size * 100)
        else if (what === 'close' && size === 0) queue.close()
        else if (next !== undefined && what === 'deliver') queue.deliver(next)
        else if (next !== undefined && what === 'drop') queue.drop(next, 'permanent')
        else if (next !== undefined) queue.postpone(next, size * 10)
        queue.ledger.assertConserved()
        assert.ok(queue.size <= 5 && queue.bytes <= 12)
      }
      queue.close()
      queue.ledger.assertConserved()
      const { accepted, delivered, dropped, in_flight } = queue.ledger.snapshot()
      const told = events.reduce((sum, { measurements }) => sum + Number(measurements['count']), 0)
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      assert.is(in_flight + clock.pending, 0)
      assert.is(accepted, delivered + lost)
      assert.ok(told === lost || steps.some((one) => one.what === 'close'), `told ${told} of ${lost}`)
    }),
    { numRuns: 1_000 },
  )
})

test.run()
