import * as assert from 'uvu/assert'
import { heldBytes } from '../harness/heap.ts'
import { suite } from '../harness/suite.ts'
import { gate, OWN_TIMERS, setupActors, turn } from './set-up.ts'

const test = suite('actor/timers')

test('a message comes when its time has come, once, and one that was cancelled does not', async () => {
  const { system, clock, log, recorder } = setupActors()
  const pid = system.spawn(recorder())
  system.sendAfter(1_000, pid, 'kept')
  const gone = system.sendAfter(1_000, pid, 'cancelled')
  assert.ok(system.cancelTimer(gone))
  assert.not.ok(system.cancelTimer(gone))
  clock.advance(999)
  await system.idle()
  assert.equal(log, [])
  clock.advance(1)
  await system.idle()
  assert.equal(log, ['kept'])
  assert.not.ok(system.cancelTimer({ timer: 999 }))
  assert.is(clock.pending, OWN_TIMERS)
})

test('to a pid it ends with the actor, to a name it goes to who has it then', async () => {
  const { system, clock, log, recorder } = setupActors()
  const pid = system.spawn(recorder(), { name: 'till' })
  const toPid = system.sendAfter(1_000, pid, 'to the pid')
  system.sendAfter(1_000, 'till', 'to the name')
  system.exit(pid, 'kill')
  assert.is(clock.pending, OWN_TIMERS + 1)
  assert.not.ok(system.cancelTimer(toPid))
  system.spawn(recorder(), { name: 'till' })
  clock.advance(1_000)
  await system.idle()
  assert.equal(log, ['to the name'])
  system.sendAfter(1_000, pid, 'to the dead')
  assert.is(clock.pending, OWN_TIMERS)
})

test('an actor sends itself something later', async () => {
  const { system, clock, log } = setupActors()
  const pid = system.spawn((message, ctx) => {
    log.push(message)
    if (message === 'start') ctx.sendAfter(50, ctx.self, 'later')
  })
  system.trySend(pid, 'start')
  await system.idle()
  clock.advance(50)
  await system.idle()
  assert.equal(log, ['start', 'later'])
})

test('what is due when the mailbox is full waits for room as others do', async () => {
  const { system, clock, log } = setupActors()
  const { opened, open } = gate()
  const pid = system.spawn(
    async (message) => {
      await opened
      log.push(message)
    },
    { mailbox: { capacity: 1 } },
  )
  system.trySend(pid, 'first')
  await turn()
  system.trySend(pid, 'second')
  system.sendAfter(10, pid, 'due')
  clock.advance(10)
  open()
  await system.idle()
  assert.equal(log, ['first', 'second', 'due'])
})

test('timers that were cancelled or delivered leave nothing at the actor that they were for', async () => {
  const { system, clock, recorder } = setupActors()
  const pid = system.spawn(recorder())
  const round = () => {
    for (let i = 0; i < 20_000; i++) system.cancelTimer(system.sendAfter(1_000, pid, i))
    system.sendAfter(1, pid, 'delivered')
    clock.advance(1)
  }
  round()
  const before = heldBytes()
  for (let i = 0; i < 10; i++) round()
  await system.idle()
  const kept = heldBytes() - before
  assert.ok(kept < 1_000_000, `${kept} bytes`)
})

test.run()
