import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { encodeItem } from '../../../src/delivery/outbox/record.ts'
import { settle } from '../../../src/testing/settle.ts'
import { suite } from '../../harness/suite.ts'
import { deliverAll, type OutboxSetup, setupOutbox, takeAll } from './set-up.ts'

const test = suite<{ setup: OutboxSetup }>('delivery/outbox/faults')
test.before.each((context) => {
  context.setup = setupOutbox()
})
test.after.each(({ setup }) => setup.end())

const names = (setup: OutboxSetup) => setup.events.map(({ event }) => event.replace('telemetry.outbox.', ''))

for (const code of ['ENOSPC', 'EIO', 'EROFS', 'EMFILE']) {
  test(`${code}: items stay in memory and are delivered, the outbox says so, and writes them when it can`, async ({
    setup,
  }) => {
    const outbox = setup.open()
    setup.disk.fault = code
    assert.is(await outbox.enqueue(Buffer.from('a')), 'memory')
    assert.is(await outbox.enqueue(Buffer.from('b')), 'memory')
    assert.equal([outbox.stats().degraded, outbox.stats().unwritten], [true, 2])
    const taken = outbox.take()
    if (taken !== undefined) outbox.deliver(taken)
    setup.clock.advance(1_000)
    await setup.written()
    assert.is(outbox.stats().degraded, true)
    setup.disk.fault = undefined
    setup.clock.advance(2_000)
    await setup.written()
    assert.equal([outbox.stats().degraded, outbox.stats().unwritten], [false, 0])
    assert.is(await outbox.enqueue(Buffer.from('c')), 'disk')
    assert.equal(names(setup), ['degraded', 'restored'])
    assert.is(setup.events[0]?.metadata['reason'], code)
    outbox.ledger.assertConserved()
    setup.crash()
    const again = setup.open()
    // The half of a write that failed is the end of its file: nothing was written behind it.
    assert.equal([takeAll(again), again.stats().corrupt], [['b', 'c'], 0])
  })
}

test('what is settled while the disk refuses is written when it takes again', async ({ setup }) => {
  const outbox = setup.open()
  await outbox.enqueue(Buffer.from('a'))
  setup.disk.fault = 'EIO'
  deliverAll(outbox)
  await setup.written()
  setup.disk.fault = undefined
  setup.clock.advance(1_000)
  await setup.written()
  setup.crash()
  assert.is(setup.open().size, 0)
})

test('a start on a full disk delivers what lies there', async ({ setup }) => {
  await setup.open().enqueue(Buffer.from('a'))
  setup.crash()
  setup.disk.fault = 'ENOSPC'
  const outbox = setup.open()
  await setup.written()
  assert.equal(takeAll(outbox), ['a'])
  setup.crash()
  setup.disk.fault = undefined
  const again = setup.open()
  assert.equal([takeAll(again), again.stats().corrupt], [['a'], 0])
})

test('an item that an earlier run left and this one delivers is gone, also when this one crashes at once', async ({
  setup,
}) => {
  for (const name of ['a', 'b']) void setup.open().enqueue(Buffer.from(name))
  setup.open().enqueueSync(Buffer.from('c'))
  setup.crash()
  const outbox = setup.open()
  deliverAll(outbox)
  await setup.written()
  setup.crash()
  assert.is(setup.open().size, 0)
})

test('damage in a file costs the record it is in, which is counted, and the file is kept', async ({ setup }) => {
  const outbox = setup.open()
  for (const name of ['a', 'b', 'c']) await outbox.enqueue(Buffer.from(name))
  setup.crash()
  const [file = ''] = setup.files()
  const path = join(setup.directory, file)
  const bytes = readFileSync(path)
  bytes[Math.floor(bytes.length / 2)] = 0
  writeFileSync(path, bytes)
  const again = setup.open()
  assert.equal([takeAll(again), again.stats().corrupt], [['a', 'c'], 1])
  assert.is(again.ledger.snapshot().dropped.corrupt, 1)
  again.ledger.assertConserved()
  await setup.written()
  assert.ok(readdirSync(setup.directory).includes(`${file}.corrupt`))
  setup.crash()
  assert.is(setup.open().stats().corrupt, 0)
})

test('of damaged files the last three are kept', async ({ setup }) => {
  for (let run = 0; run < 5; run++) {
    writeFileSync(join(setup.directory, `000000000${run + 1}.log`), 'nonsense\n')
    setup.open()
    await setup.written()
  }
  const kept = readdirSync(setup.directory).filter((name) => name.endsWith('.corrupt'))
  assert.equal(kept.sort(), ['0000000003.log.corrupt', '0000000004.log.corrupt', '0000000005.log.corrupt'])
})

test('a record that is half written at the end is counted as torn and is no loss', ({ setup }) => {
  const whole = { number: 1, time: 1_700_000_000_000, id: 'x', key: undefined, count: 1, body: Buffer.from('whole') }
  const half = encodeItem({ ...whole, number: 2 }).slice(0, 30)
  writeFileSync(join(setup.directory, '0000000001.log'), encodeItem(whole) + half)
  const outbox = setup.open()
  assert.equal([takeAll(outbox), outbox.stats().torn, outbox.stats().corrupt], [['whole'], 1, 0])
  assert.is(outbox.ledger.snapshot().accepted, 1)
})

test('files go when nothing in them is needed, and one item that nobody takes does not keep them all', async ({
  setup,
}) => {
  const outbox = setup.open({ segmentBytes: 2_000 })
  await outbox.enqueue(Buffer.from('poison'), { key: 'poison' })
  const poison = outbox.take()
  if (poison !== undefined) outbox.postpone(poison, 1_000_000)
  for (let round = 0; round < 100; round++) {
    await outbox.enqueue(Buffer.from('x'.repeat(500)))
    deliverAll(outbox)
  }
  await setup.written()
  assert.ok(outbox.stats().bytesOnDisk < 16_000, `${outbox.stats().bytesOnDisk} bytes`)
  assert.ok(setup.files().length <= 5, setup.files().join(' '))
  setup.crash()
  assert.equal(takeAll(setup.open()), ['poison'])
})

test('the file that is written to stays although nothing in it is needed', async ({ setup }) => {
  const outbox = setup.open()
  for (let round = 0; round < 3; round++) {
    await outbox.enqueue(Buffer.from('x'))
    deliverAll(outbox)
    await setup.written()
  }
  assert.is(setup.files().length, 1)
  assert.ok(outbox.stats().bytesOnDisk > 300, `${outbox.stats().bytesOnDisk} bytes`)
})

test('one write is about as large as a file', async ({ setup }) => {
  const outbox = setup.open({ segmentBytes: 1_000 })
  await Promise.all(Array.from({ length: 20 }, () => outbox.enqueue(Buffer.from('x'.repeat(500)))))
  assert.is(setup.disk.syncs, 10)
})

test('many small items that all wait are not written again and again', async ({ setup }) => {
  const outbox = setup.open({ segmentBytes: 1_000 })
  for (let i = 0; i < 300; i++) await outbox.enqueue(Buffer.from('x'))
  assert.ok(setup.disk.syncs <= 320, `${setup.disk.syncs} syncs`)
})

test('dead letters take 16 MiB and the oldest go first', async ({ setup }) => {
  const outbox = setup.open()
  const body = Buffer.alloc(1_048_576)
  for (let i = 0; i < 20; i++) {
    void outbox.enqueue(body, { id: String(i) })
    const entry = outbox.take()
    if (entry !== undefined) outbox.drop(entry, 'permanent')
    await setup.written()
  }
  const letters = outbox.deadLetters()
  assert.is(letters.at(-1)?.id, '19')
  // Five fit into a file of 8 MiB.
  assert.is(letters.length, 10)
})

test('what is being written at the end is written once more, because the process may not wait for it', async ({
  setup,
}) => {
  const outbox = setup.open()
  await outbox.enqueue(Buffer.from('settled'))
  let release = () => {}
  setup.disk.hold = new Promise((resolve) => {
    release = resolve
  })
  deliverAll(outbox)
  setup.clock.advance(10)
  void outbox.enqueue(Buffer.from('kept'))
  outbox.close()
  assert.equal(takeAll(setup.open()), ['kept'])
  release()
})

test('the end of an outbox leaves no timer, also while the disk refuses', async ({ setup }) => {
  const outbox = setup.open()
  setup.disk.fault = 'EIO'
  void outbox.enqueue(Buffer.from('a'))
  await settle(5)
  outbox.close()
  assert.is(setup.clock.pending, 0)
})

test.run()
