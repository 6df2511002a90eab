import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { TelemetryError } from '../../../src/core/errors.ts'
import { createOutbox } from '../../../src/delivery/outbox/outbox.ts'
import { encodeItem } from '../../../src/delivery/outbox/record.ts'
import { createSender } from '../../../src/delivery/sender.ts'
import { suite } from '../../harness/suite.ts'
import { deliverAll, type OutboxSetup, setupOutbox, takeAll } from './set-up.ts'

const test = suite<{ setup: OutboxSetup }>('delivery/outbox/outbox')
test.before.each((context) => {
  context.setup = setupOutbox()
})
test.after.each(({ setup }) => setup.end())

test('an item is on disk when enqueue resolves, and there again after a crash', async ({ setup }) => {
  const outbox = setup.open()
  assert.is(await outbox.enqueue(Buffer.from('a'), { id: 'first' }), 'disk')
  assert.is(setup.disk.syncs, 1)
  setup.crash()
  const again = setup.open()
  assert.equal(again.stats().recovered, 1)
  const entry = again.take()
  assert.equal([entry?.item.id, String(entry?.item.body)], ['first', 'a'])
  assert.equal(again.ledger.snapshot().accepted, 1)
  again.ledger.assertConserved()
})

test('items that come together are synced together', async ({ setup }) => {
  const outbox = setup.open()
  await Promise.all(Array.from({ length: 500 }, (_, i) => outbox.enqueue(Buffer.from(String(i)))))
  assert.ok(setup.disk.syncs <= 2, `${setup.disk.syncs} syncs`)
})

test('what is delivered or refused does not come back, the rest does, in order and with its keys', async ({
  setup,
}) => {
  const outbox = setup.open()
  for (const name of ['a', 'b', 'c', 'd']) void outbox.enqueue(Buffer.from(name), { key: name < 'c' ? 'one' : name })
  await outbox.enqueue(Buffer.from('e'), { key: 'one' })
  const first = outbox.take()
  if (first !== undefined) outbox.deliver(first)
  const second = outbox.take()
  if (second !== undefined) outbox.drop(second, 'permanent', 'status 400')
  await setup.written()
  setup.crash()
  const again = setup.open()
  // 'e' waits behind 'b', which has its key.
  assert.equal(takeAll(again), ['b', 'd'])
  assert.is(again.size, 3)
})

test('after close the rest is on disk, the books say in flight, and nothing is taken in', async ({ setup }) => {
  const outbox = setup.open()
  void outbox.enqueue(Buffer.from('a'))
  outbox.close()
  assert.is(await outbox.enqueue(Buffer.from('late')), 'memory')
  assert.equal(
    [outbox.ledger.snapshot().in_flight, outbox.ledger.snapshot().dropped.shutdown, outbox.ledger.snapshot().accepted],
    [1, 1, 2],
  )
  outbox.ledger.assertConserved()
  outbox.close()
  assert.equal(takeAll(setup.open()), ['a'])
  assert.is(setup.clock.pending, 0)
})

test('an outbox that is empty when it closes leaves no file', async ({ setup }) => {
  const outbox = setup.open()
  await outbox.enqueue(Buffer.from('a'))
  deliverAll(outbox)
  outbox.close()
  assert.equal(setup.files(), [])
})

test('enqueueSync has written when it returns', ({ setup }) => {
  const outbox = setup.open()
  outbox.enqueueSync(Buffer.from('last words'))
  setup.crash()
  assert.equal(takeAll(setup.open()), ['last words'])
})

test('an item that settles while it is being written is not there after a crash', async ({ setup }) => {
  const outbox = setup.open()
  const stored = outbox.enqueue(Buffer.from('quick'))
  await Promise.resolve()
  deliverAll(outbox)
  assert.is(await stored, 'disk')
  await setup.written()
  setup.crash()
  assert.is(setup.open().size, 0)
})

test('an item keeps its age over a restart: too old, it becomes a dead letter', async ({ setup }) => {
  const outbox = setup.open({ maxAgeMs: 10_000 })
  await outbox.enqueue(Buffer.from('old'), { id: 'old' })
  setup.crash()
  setup.clock.advance(10_001)
  const again = setup.open({ maxAgeMs: 10_000 })
  assert.is(again.take(), undefined)
  assert.equal(
    again.deadLetters().map(({ id, reason, body }) => [id, reason, String(body)]),
    [['old', 'expired', 'old']],
  )
  assert.is(again.ledger.snapshot().dropped.expired, 1)
  again.ledger.assertConserved()
})

test('a wall clock that was set back makes an item no younger than new and loses none', async ({ setup }) => {
  await setup.open().enqueue(Buffer.from('a'))
  setup.crash()
  setup.clock.advance(5)
  const earlier = { ...setup.clock, wallTime: () => setup.clock.wallTime() - 3_600_000 }
  const again = setup.open({ bus: { ...setup.bus, clock: earlier }, maxAgeMs: 60_000 })
  assert.equal(takeAll(again), ['a'])
})

test('what is refused for good is kept as a dead letter with what was said', async ({ setup }) => {
  const outbox = setup.open()
  await outbox.enqueue(Buffer.from('bad'), { id: 'x', key: 'k' })
  const sender = createSender(setup.bus, {
    queue: outbox,
    deliver: async () => ({ outcome: 'permanent', reason: 'status 400' }),
  })
  await sender.flush()
  sender.close()
  const [letter] = setup.open().deadLetters()
  assert.equal(
    [letter?.id, letter?.key, letter?.reason, letter?.detail, String(letter?.body), letter?.time],
    ['x', 'k', 'permanent', 'status 400', 'bad', 1_700_000_000_000],
  )
})

test('a full outbox drops the oldest, which then is not on disk either', async ({ setup }) => {
  const outbox = setup.open({ maxItems: 2 })
  for (const name of ['a', 'b', 'c']) void outbox.enqueue(Buffer.from(name))
  await outbox.enqueue(Buffer.from('d'))
  await setup.written()
  setup.crash()
  assert.equal(takeAll(setup.open()), ['c', 'd'])
  const drops = setup.events.filter(({ event }) => event === 'telemetry.sink.dropped')
  assert.is(
    drops.reduce((sum, { measurements }) => sum + Number(measurements['count']), 0),
    2,
  )
})

test('an item that is refused because it does not fit is not on disk', async ({ setup }) => {
  const outbox = setup.open({ maxBytes: 3 })
  assert.is(await outbox.enqueue(Buffer.from('large')), 'settled')
  assert.is(outbox.ledger.snapshot().dropped.overflow, 1)
  await setup.written()
  setup.crash()
  assert.is(setup.open().size, 0)
})

test('an item outlives any number of crashes', async ({ setup }) => {
  await setup.open().enqueue(Buffer.from('a'), { id: 'x' })
  for (let crash = 0; crash < 5; crash++) {
    setup.crash()
    assert.is(setup.open().size, 1, `crash ${crash}`)
    await setup.written()
    assert.is(setup.files().length, 1)
  }
})

test('items come back in the order they were accepted, wherever they stand', ({ setup }) => {
  const item = (number: number) => ({
    number,
    time: 1_700_000_000_000,
    id: '',
    key: 'one',
    count: 1,
    body: Buffer.from(String(number)),
  })
  writeFileSync(join(setup.directory, '0000000001.log'), encodeItem(item(2)) + encodeItem(item(3)))
  writeFileSync(join(setup.directory, '0000000002.log'), encodeItem(item(1)))
  const outbox = setup.open()
  const seen: string[] = []
  for (let entry = outbox.take(); entry !== undefined; entry = outbox.take()) {
    seen.push(String(entry.item.body))
    outbox.deliver(entry)
  }
  assert.equal(seen, ['1', '2', '3'])
})

test('what an earlier run left is said once', async ({ setup }) => {
  await setup.open().enqueue(Buffer.from('a'))
  setup.crash()
  setup.open()
  const found = setup.events.filter(({ event }) => event === 'telemetry.outbox.recovered')
  assert.equal(
    found.map(({ measurements }) => measurements),
    [{ items: 1, corrupt: 0, torn: 0 }],
  )
  setup.open()
})

test('a directory that another outbox has, or that is none, is refused', ({ setup }) => {
  setup.open()
  const { bus, directory } = setup
  const refused = (given: unknown, code: string) =>
    assert.throws(
      // The cast: a JavaScript caller.
      () => createOutbox({ bus, sink: 'other', directory: given as string }),
      (error: unknown) => error instanceof TelemetryError && error.code === code,
      String(given),
    )
  refused(directory, 'directory_in_use')
  writeFileSync(join(directory, 'file'), '')
  for (const given of [join(directory, 'file'), '', 'a\0b', undefined, 7]) refused(given, 'invalid_option')
})

test('a directory in the place of a file of records is counted and does not stop the start', ({ setup }) => {
  mkdirSync(join(setup.directory, '0000000001.log'))
  const outbox = setup.open()
  assert.is(outbox.stats().corrupt, 1)
  outbox.enqueueSync(Buffer.from('a'))
  setup.crash()
  assert.equal(takeAll(setup.open()), ['a'])
})

test.run()
