import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { gate, setupActors, turn } from './set-up.ts'

const test = suite('actor/info')

test('what is known of an actor can be asked for', async () => {
  const { system, clock } = setupActors()
  const { opened } = gate()
  const pid = system.spawn(() => opened, { name: 'till', type: 'Till', mailbox: { capacity: 2 }, trapExit: true })
  const other = system.spawn(() => {})
  assert.is(system.info(pid)?.status, 'starting')
  system.link(pid, other)
  system.monitor(pid, () => {})
  system.trySend(pid, 'first')
  await turn()
  for (let i = 0; i < 3; i++) void system.send(pid, 'four')
  clock.advance(3)
  assert.equal(system.info(pid), {
    pid,
    type: 'Till',
    name: 'till',
    status: 'busy',
    age: 3_000_000,
    mailbox: 2,
    capacity: 2,
    mailboxBytes: 40,
    handled: 1,
    waitingSenders: 1,
    links: [other],
    monitoredBy: 1,
    trapExit: true,
    isSupervised: false,
  })
  assert.is(system.info(other)?.status, 'idle')
  system.exit(pid, 'kill')
  assert.is(system.info(pid), undefined)
})

test('a system at a glance: types, the fullest and the busiest, as JSON can say it', async () => {
  const { system } = setupActors()
  const { opened } = gate()
  const tills = Array.from({ length: 25 }, (_, i) => system.spawn(() => {}, { type: 'Till', name: `till-${i}` }))
  const slow = system.spawn(() => opened, { type: 'Slow' })
  const gone = system.spawn(() => {}, { type: 'Gone' })
  system.exit(gone, 'kill')
  for (const [i, pid] of tills.entries()) for (let n = 0; n <= i; n++) system.trySend(pid, n)
  await system.idle()
  for (let i = 0; i < 4; i++) system.trySend(slow, 'x')
  await turn()
  system.sendAfter(5, slow, 'x')
  const seen = system.observer()
  assert.equal([seen.active, seen.names, seen.timers, seen.node, seen.nodes], [26, 25, 1, '', []])
  assert.equal(seen.types, [
    { type: 'Till', active: 25, depth: 0, maxDepth: 0, mailboxBytes: 0, bytes: 25 * 512 },
    { type: 'Slow', active: 1, depth: 3, maxDepth: 3, mailboxBytes: 51, bytes: 512 + 51 },
  ])
  assert.equal(
    seen.fullest.map(({ pid, mailbox }) => [String(pid), mailbox]),
    [[String(slow), 3]],
  )
  assert.is(seen.busiest.length, 20)
  assert.equal(
    seen.busiest.map(({ handled }) => handled),
    Array.from({ length: 20 }, (_, i) => 25 - i),
  )
  assert.is(JSON.parse(JSON.stringify(seen)).fullest[0].pid, String(slow))
})

test.run()
