import * as assert from 'uvu/assert'
import { createActorSystem } from '../../src/actor/system.ts'
import { createBus } from '../../src/core/bus.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { gate, turn } from './set-up.ts'

const test = suite('actor/polling')

function setUp(messageSize?: (message: unknown) => number) {
  const clock = manualClock()
  const bus = createBus({ clock })
  const system = createActorSystem({ bus, watched: ['till', 'nobody'], ...(messageSize && { messageSize }) })
  return { clock, bus, system }
}

test('every five seconds it is told what each type takes, and of those that are watched', async () => {
  const { clock, bus, system } = setUp(() => 100)
  const { events } = captureEvents(bus, ['actor.mailbox.memory', 'actor.memory', 'actor.process.info'])
  const { opened } = gate()
  const till = system.spawn(() => opened, { name: 'till', type: 'Till', mailbox: { capacity: 1_000 } })
  const other = system.spawn(() => {}, { type: 'Other' })
  for (let i = 0; i < 501; i++) system.trySend(till, i)
  await turn()
  clock.advance(5_000)
  const told = () => events.splice(0).map(({ event, ...about }) => ({ event: event.slice(6), ...about }))
  assert.equal(told(), [
    { event: 'mailbox.memory', measurements: { bytes: 50_000, total_bytes: 50_000 }, metadata: { type: 'Till' } },
    { event: 'memory', measurements: { bytes: 50_512, total_bytes: 51_024 }, metadata: { type: 'Till' } },
    { event: 'mailbox.memory', measurements: { bytes: 0, total_bytes: 50_000 }, metadata: { type: 'Other' } },
    { event: 'memory', measurements: { bytes: 512, total_bytes: 51_024 }, metadata: { type: 'Other' } },
    {
      event: 'process.info',
      measurements: { mailbox_depth: 500, messages: 1 },
      metadata: { name: 'till', pid: '<0.1.0>' },
    },
  ])
  for (const pid of [till, other]) system.exit(pid, 'kill')
  clock.advance(5_000)
  assert.ok(told().every(({ measurements }) => Object.values(measurements).every((bytes) => bytes === 0)))
})

test('nothing is looked at while nobody listens, and nothing is told after the shutdown', async () => {
  let looks = 0
  const { clock, bus, system } = setUp(() => ++looks)
  const { opened } = gate()
  const till = system.spawn(() => opened, { name: 'till' })
  for (let i = 0; i < 3; i++) system.trySend(till, i)
  await turn()
  clock.advance(20_000)
  assert.is(looks, 0)
  const shutdown = system.shutdown(0)
  clock.advance(0)
  await shutdown
  assert.is(clock.pending, 0)
  const { events } = captureEvents(bus, ['actor.**'])
  clock.advance(20_000)
  assert.equal(events, [])
})

test('a size that is none, or cannot be told, counts as nothing', async () => {
  for (const messageSize of [
    () => Number.NaN,
    () => -5,
    () => {
      throw new Error('of the user')
    },
  ]) {
    const { clock, bus, system } = setUp(messageSize)
    const { events } = captureEvents(bus, ['actor.mailbox.memory'])
    const { opened } = gate()
    const pid = system.spawn(() => opened)
    for (let i = 0; i < 3; i++) system.trySend(pid, i)
    await turn()
    clock.advance(5_000)
    assert.equal(
      events.map(({ measurements }) => measurements),
      [{ bytes: 0, total_bytes: 0 }],
    )
    assert.is(system.info(pid)?.mailboxBytes, 0)
  }
})

test.run()
