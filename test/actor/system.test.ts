import * as assert from 'uvu/assert'
import type { Actor, ActorContext, Signal } from '../../src/actor/actor.ts'
import { formatReason } from '../../src/actor/exit-reason.ts'
import { createActorSystem } from '../../src/actor/system.ts'
import { createBus } from '../../src/core/bus.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'

const test = suite('actor/system')

function setUp() {
  const clock = manualClock()
  const system = createActorSystem({ bus: createBus({ clock }) })
  const log: unknown[] = []
  /** Writes down what it gets. */
  const recorder = (more: Partial<Actor> = {}): Actor => ({
    receive: (message) => void log.push(message),
    signal: (signal: Signal) => void log.push(`${signal.type} ${formatReason(signal.reason)}`),
    ...more,
  })
  return { clock, system, log, recorder }
}

test('messages of one sender arrive in order, one at a time', async () => {
  const { system, log } = setUp()
  let inside = 0
  const pid = system.spawn(async (message) => {
    inside++
    assert.is(inside, 1)
    await Promise.resolve()
    log.push(message)
    inside--
  })
  for (let i = 0; i < 50; i++) assert.is(await system.send(pid, i), 'sent')
  await system.idle()
  assert.equal(
    log,
    Array.from({ length: 50 }, (_, i) => i),
  )
})

test('send waits for room, trySend does not, and a message to the dead is told of and not thrown', async () => {
  const { system, log } = setUp()
  let go = () => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  const pid = system.spawn(
    async (message) => {
      await gate
      log.push(message)
    },
    { mailbox: { capacity: 2 } },
  )
  assert.is(system.trySend(pid, 1), 'sent')
  await new Promise((resolve) => setImmediate(resolve))
  assert.is(system.trySend(pid, 2), 'sent')
  assert.is(system.trySend(pid, 3), 'sent')
  assert.is(system.trySend(pid, 4), 'mailbox_full')
  let sent = false
  const waiting = system.send(pid, 4).then((result) => {
    sent = true
    return result
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.not.ok(sent)
  go()
  assert.is(await waiting, 'sent')
  await system.idle()
  assert.equal(log, [1, 2, 3, 4])
  system.exit(pid, 'kill')
  assert.is(system.trySend(pid, 5), 'actor_not_found')
  assert.is(await system.send(pid, 5), 'actor_not_found')
  assert.is(await system.send('nobody', 5), 'actor_not_found')
})

test('a chain of a hundred thousand links ends without a stack that is too deep', async () => {
  const { system } = setUp()
  const pids = Array.from({ length: 100_000 }, () => system.spawn(() => {}))
  for (let i = 1; i < pids.length; i++) {
    const [one, other] = [pids[i - 1], pids[i]]
    if (one !== undefined && other !== undefined) system.link(one, other)
  }
  const [first] = pids
  if (first !== undefined) system.exit(first, 'shutdown')
  assert.is(system.processes().length, 0)
})

test('what an actor throws ends it, and only those that are linked to it or monitor it hear of it', async () => {
  const { system, log, recorder } = setUp()
  const crash = (ctx: ActorContext) => ctx
  void crash
  const bad = system.spawn(() => {
    throw new Error('out of tea')
  })
  const watching = system.spawn(recorder({ started: (ctx) => void ctx.monitor(bad) }))
  const linked = system.spawn(recorder())
  const other = system.spawn(recorder())
  system.link(bad, linked)
  await system.idle()
  system.trySend(bad, 'x')
  await system.idle()
  assert.equal(log, ['down panic: out of tea'])
  assert.equal(
    [bad, watching, linked, other].map((pid) => system.isAlive(pid)),
    [false, true, false, true],
  )
})

test('a selective receive takes what matches, of before and of later, and leaves the rest in order', async () => {
  const { clock, system, log } = setUp()
  const pid = system.spawn(async (message, ctx) => {
    log.push(message)
    if (message !== 'go') return
    log.push(await ctx.receive((each) => each === 'special'))
    log.push(await ctx.receive((each) => each === 'later'))
    log.push(await ctx.receive((each) => each === 'never', { timeoutMs: 1_000 }))
  })
  for (const message of ['go', 'a', 'special', 'b']) system.trySend(pid, message)
  await new Promise((resolve) => setImmediate(resolve))
  system.trySend(pid, 'c')
  system.trySend(pid, 'later')
  await new Promise((resolve) => setImmediate(resolve))
  clock.advance(1_000)
  await system.idle()
  assert.equal(log, ['go', 'special', 'later', undefined, 'a', 'b', 'c'])
})

test('an actor with stopped ends gently: its message first, and nobody hears of it before', async () => {
  const { system, log } = setUp()
  let go = () => {}
  const gate = new Promise<void>((resolve) => {
    go = resolve
  })
  const pid = system.spawn({
    async receive(message) {
      await gate
      log.push(message)
    },
    async stopped(reason) {
      await Promise.resolve()
      log.push(`stopped ${formatReason(reason)}`)
    },
  })
  system.trySend(pid, 'first')
  system.trySend(pid, 'second')
  await new Promise((resolve) => setImmediate(resolve))
  system.monitor(pid, ({ reason }) => log.push(`down ${formatReason(reason)}`))
  system.exit(pid, 'shutdown')
  assert.equal(log, [])
  go()
  await system.idle()
  assert.equal(log, ['first', 'stopped shutdown', 'down shutdown'])
})

test.run()
