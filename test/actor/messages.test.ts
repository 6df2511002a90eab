import * as assert from 'uvu/assert'
import type { ActorContext, SendResult } from '../../src/actor/actor.ts'
import { suite } from '../harness/suite.ts'
import { gate, OWN_TIMERS, setupActors, turn } from './set-up.ts'

const test = suite('actor/messages')

/** An actor that handles nothing before its gate is opened, with a mailbox of two. */
function slow(overflow?: 'wait' | 'fail' | 'drop_new' | 'drop_old') {
  const setup = setupActors()
  const { opened, open } = gate()
  const pid = setup.system.spawn(
    async (message) => {
      await opened
      setup.log.push(message)
    },
    { mailbox: { capacity: 2, ...(overflow && { overflow }) } },
  )
  const fill = async () => {
    setup.system.trySend(pid, 0)
    await turn()
    for (const message of [1, 2]) assert.is(setup.system.trySend(pid, message), 'sent')
  }
  return { ...setup, pid, open, fill }
}

test('trySend does not wait, and tells when there is no room and when there is nobody', async () => {
  const { system, log, pid, open, fill } = slow()
  await fill()
  assert.is(system.trySend(pid, 3), 'mailbox_full')
  open()
  await system.idle()
  assert.is(system.trySend(pid, 4), 'sent')
  await system.idle()
  assert.equal(log, [0, 1, 2, 4])
  system.exit(pid, 'kill')
  assert.is(system.trySend(pid, 5), 'actor_not_found')
  assert.is(await system.send(pid, 5), 'actor_not_found')
  assert.is(await system.send('nobody', 5), 'actor_not_found')
})

test('send waits for room, in the order of the senders, and nobody overtakes', async () => {
  const { system, log, pid, open, fill } = slow()
  await fill()
  const settled: number[] = []
  const waiting = [3, 4, 5].map(async (message) => {
    assert.is(await system.send(pid, message), 'sent')
    settled.push(message)
  })
  await turn()
  assert.equal(settled, [])
  open()
  await Promise.all(waiting)
  await system.idle()
  assert.equal(log, [0, 1, 2, 3, 4, 5])
  assert.equal(settled, [3, 4, 5])
})

test('who waits for room in the mailbox of one that ends is told', async () => {
  const { system, pid, fill } = slow()
  await fill()
  const waiting = system.send(pid, 3)
  system.exit(pid, 'kill')
  assert.is(await waiting, 'actor_not_found')
})

test('what happens to one too many is for the actor to say', async () => {
  const results: Record<string, [SendResult, unknown[]]> = {}
  for (const overflow of ['fail', 'drop_new', 'drop_old'] as const) {
    const { system, log, pid, open, fill } = slow(overflow)
    await fill()
    const result = await system.send(pid, 3)
    open()
    await system.idle()
    results[overflow] = [result, log]
  }
  assert.equal(results, {
    fail: ['mailbox_full', [0, 1, 2]],
    drop_new: ['dropped', [0, 1, 2]],
    drop_old: ['sent', [0, 2, 3]],
  })
})

test('a name is as good as a pid, also one that comes later', async () => {
  const { system, log, recorder } = setupActors()
  assert.is(system.trySend('till', 1), 'actor_not_found')
  system.spawn(recorder(), { name: 'till' })
  assert.is(system.trySend('till', 2), 'sent')
  await system.idle()
  assert.equal(log, [2])
})

test('messages of every kind arrive as they are', async () => {
  const { system, log, recorder } = setupActors()
  const pid = system.spawn(recorder())
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  const kinds = [
    undefined,
    null,
    0,
    Number.NaN,
    '',
    1n,
    Symbol.iterator,
    () => {},
    new Error('x'),
    Object.create(null),
    proxy,
    [1],
  ]
  for (const message of kinds) assert.is(system.trySend(pid, message), 'sent')
  await system.idle()
  assert.is(log.length, kinds.length)
  for (const [index, message] of kinds.entries()) assert.ok(Object.is(log[index], message))
})

test('a selective receive takes what matches, of before and of later, and leaves the rest in order', async () => {
  const { clock, system, log } = setupActors()
  const pid = system.spawn(async (message, ctx) => {
    log.push(message)
    if (message !== 'go') return
    log.push(await ctx.receive((each) => each === 'special'))
    log.push(await ctx.receive((each) => each === 'later'))
    log.push(await ctx.receive((each) => each === 'never', { timeoutMs: 1_000 }))
    log.push(await ctx.receive((each) => each === 'never', { timeoutMs: 0 }))
  })
  for (const message of ['go', 'a', 'special', 'b']) system.trySend(pid, message)
  await turn()
  system.trySend(pid, 'c')
  system.trySend(pid, 'later')
  await turn()
  clock.advance(1_000)
  await system.idle()
  assert.equal(log, ['go', 'special', 'later', undefined, undefined, 'a', 'b', 'c'])
  assert.is(clock.pending, OWN_TIMERS)
})

test('a selective receive takes one message, and its time-out is over with it', async () => {
  const { clock, system, log } = setupActors()
  const pid = system.spawn(async (message, ctx) => {
    log.push(message)
    if (message === 'go') log.push(await ctx.receive((each) => each === 'x', { timeoutMs: 1_000 }))
  })
  system.trySend(pid, 'go')
  await turn()
  for (let i = 0; i < 2; i++) system.trySend(pid, 'x')
  await system.idle()
  assert.equal(log, ['go', 'x', 'x'])
  assert.is(clock.pending, OWN_TIMERS)
})

test('one that was taken out of a selective receive ends once, whatever it had asked for beside it', async () => {
  const { system, log } = setupActors()
  const late = gate()
  const last = gate()
  const pid = system.spawn({
    receive: (_message, ctx) => Promise.race([ctx.receive(() => false), late.opened]).then(() => {}),
    async stopped() {
      log.push('stopping')
      await last.opened
      log.push('stopped')
    },
  })
  system.trySend(pid, 'x')
  await turn()
  system.monitor(pid, ({ reason }) => log.push(reason))
  system.exit(pid, 'shutdown')
  await turn()
  late.open()
  await turn()
  assert.equal(log, ['stopping'])
  last.open()
  await system.idle()
  assert.equal(log, ['stopping', 'stopped', 'shutdown'])
})

test('a test that throws is the error of who receives, and of nobody who sends', async () => {
  const { system, log } = setupActors()
  const pid = system.spawn(async (message, ctx) => {
    log.push(message)
    if (message !== 'go') return
    const throws = (): boolean => {
      throw new Error('cannot tell')
    }
    for (let i = 0; i < 2; i++) await ctx.receive(throws).catch((error: Error) => log.push(error.message))
  })
  system.trySend(pid, 'go')
  await turn()
  assert.is(system.trySend(pid, 'x'), 'sent')
  await system.idle()
  assert.equal(log, ['go', 'cannot tell', 'cannot tell', 'x'])
  assert.ok(system.isAlive(pid))
})

test('a selective receive finds what it waits for also where the mailbox is full of other messages', async () => {
  for (const overflow of ['wait', 'fail', 'drop_new', 'drop_old'] as const) {
    const { system, log } = setupActors()
    const pid = system.spawn(
      async (message, ctx) => {
        log.push(message)
        if (message !== 'go') return
        log.push(await ctx.receive((each) => each === 'special'))
        log.push(await ctx.receive((each) => each === 'special'))
      },
      { mailbox: { capacity: 2, overflow } },
    )
    system.trySend(pid, 'go')
    await turn()
    for (const message of ['a', 'b']) system.trySend(pid, message)
    assert.is(system.trySend(pid, 'special'), 'sent')
    await turn()
    assert.is(await system.send(pid, 'special'), 'sent')
    await system.idle()
    assert.equal(log, ['go', 'special', 'special', 'a', 'b'])
  }
})

test('a selective receive finds what it waits for also among those that wait for room', async () => {
  const { system, log } = setupActors()
  const { opened, open } = gate()
  const pid = system.spawn(
    async (message, ctx) => {
      log.push(message)
      if (message !== 'go') return
      await opened
      log.push(await ctx.receive((each) => each === 'special'))
    },
    { mailbox: { capacity: 1 } },
  )
  system.trySend(pid, 'go')
  await turn()
  const sent = ['a', 'b', 'special', 'c'].map((message) => system.send(pid, message))
  open()
  assert.equal(await Promise.all(sent), ['sent', 'sent', 'sent', 'sent'])
  await system.idle()
  assert.equal(log, ['go', 'special', 'a', 'b', 'c'])
})

test('what waits in a selective receive can be ended', async () => {
  const { system, clock, log } = setupActors()
  const waits = {
    receive: (_: unknown, ctx: ActorContext) => ctx.receive(() => false, { timeoutMs: 1_000 }).then(() => {}),
  }
  const pid = system.spawn(waits)
  const gentle = system.spawn({ ...waits, stopped: (reason: unknown) => void log.push(reason) })
  for (const one of [pid, gentle]) system.trySend(one, 'x')
  await turn()
  for (const one of [pid, gentle]) system.exit(one, 'shutdown')
  await system.idle()
  assert.equal([system.isAlive(pid), system.isAlive(gentle), log], [false, false, ['shutdown']])
  assert.is(clock.pending, OWN_TIMERS)
})

test.run()
