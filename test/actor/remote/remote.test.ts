import * as assert from 'uvu/assert'
import { CallError } from '../../../src/actor/call-error.ts'
import { formatReason } from '../../../src/actor/exit-reason.ts'
import { genServer, noReply } from '../../../src/actor/gen-server.ts'
import type { Pid } from '../../../src/actor/pid.ts'
import type { From } from '../../../src/actor/request.ts'
import { createActorSystem } from '../../../src/actor/system.ts'
import { currentContext } from '../../../src/context/current.ts'
import { withCorrelation } from '../../../src/context/with-correlation.ts'
import { captureEvents } from '../../../src/testing/capture-events.ts'
import { suite } from '../../harness/suite.ts'
import { type Node, setupNodes } from './set-up.ts'

const test = suite('actor/remote/remote')

/** What became of a promise, in a word. */
async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) =>
    error instanceof CallError
      ? [error.failure, ...(error.reason === undefined ? [] : [formatReason(error.reason)])].join(' ')
      : error,
  )
}

function namesOf({ bus }: Node, patterns: readonly string[]): () => string[] {
  const { events } = captureEvents(bus, patterns)
  return () =>
    events.splice(0).map(({ event, measurements, metadata: { node, span_id, ...words } }) => {
      const { monotonic_time, system_time, size, duration, ...numbers } = measurements
      const about = event.startsWith('actor.node.message') ? words : { node, ...words }
      return [event.slice('actor.'.length), ...Object.values(numbers), ...Object.values(about)].join(' ')
    })
}

test('a message goes to a name, the answer to the pid that came with it, and a pid that comes home is the same', async () => {
  const { a, b, settle } = await setupNodes()
  const got: unknown[] = []
  const asker = a.system.spawn({ receive: (message) => void got.push(message) })
  b.system.spawn(
    {
      receive(message, ctx) {
        const [to] = message as [Pid]
        ctx.trySend(to, { me: ctx.self, you: to })
      },
    },
    { name: 'echo' },
  )
  assert.is(await a.system.send(a.system.remote('b', 'echo'), [asker]), 'sent')
  await settle()
  const [{ me, you }] = got as [{ me: Pid; you: Pid }]
  assert.is(you, asker)
  assert.is(String(me), '<b.1.0>')
  assert.is(a.system.trySend(me, [asker]), 'sent')
  await settle()
  assert.is((got[1] as { me: Pid }).me, me)
})

test('a call is answered, at once or later, in order with what was sent before', async () => {
  const { a, b, settle } = await setupNodes()
  const waiting: From[] = []
  const seen: unknown[] = []
  const server = {
    handleCall(request: unknown, from: From) {
      seen.push(request)
      if (request !== 'later') return [request, 2n ** 60n, new Date(5)]
      waiting.push(from)
      return noReply
    },
    handleCast: (message: unknown) => void seen.push(message),
    handleInfo: (message: unknown) => void seen.push(message),
  }
  b.system.spawn(genServer(server), { name: 'server' })
  const to = a.system.remote('b', 'server')
  const later = a.system.call(to, 'later')
  void a.system.cast(to, 'cast')
  a.system.trySend(to, 'info')
  const now = a.system.call(to, 'now')
  await settle()
  assert.equal(await now, ['now', 2n ** 60n, new Date(5)])
  assert.equal(seen, ['later', 'cast', 'info', 'now'])
  assert.is(waiting[0]?.reply('at last'), true)
  await settle()
  assert.is(await later, 'at last')
})

test('a call fails at once where there is nobody, no room or no way to say it, and when the server or its node ends', async () => {
  const { a, b, network, settle, pass } = await setupNodes()
  const server = genServer({
    handleCall(request) {
      if (request === 'crash') throw new Error('out of tea')
      return request === 'function' ? () => {} : new Promise(() => {})
    },
  })
  const pids = Array.from({ length: 3 }, () => b.system.spawn(server, { mailbox: { capacity: 1, overflow: 'fail' } }))
  b.system.register('one', pids[0] as Pid)
  b.system.register('two', pids[1] as Pid)
  b.system.register('full', pids[2] as Pid)
  const call = (name: string, request: unknown) => outcomeOf(a.system.call(a.system.remote('b', name), request))
  await settle()
  const failed = Promise.all([
    call('nobody', 1),
    call('one', () => {}),
    call('one', 'function'),
    outcomeOf(a.system.call(a.system.remote('c', 'one'), 1)),
  ])
  await settle()
  assert.equal(await failed, ['noproc', 'not_serializable', 'not_serializable', 'noconnection'])
  const crashed = call('two', 'crash')
  await settle()
  assert.is(await crashed, 'exit panic: out of tea')
  const busy = call('full', 1)
  await settle()
  const waiting = call('full', 2)
  const refused = call('full', 3)
  await settle()
  assert.is(await refused, 'mailbox_full')
  network.cut('a', 'b')
  await pass(4_000)
  assert.equal(await Promise.all([busy, waiting]), ['noconnection', 'noconnection'])
})

test('a call that nobody answers ends in time, and what comes then is told of as late where it was made', async () => {
  const { a, b, clock, settle } = await setupNodes()
  const told = namesOf(b, ['actor.gen_server.late_reply'])
  const failed = namesOf(a, ['actor.node.message.failed'])
  const waiting: From[] = []
  const server = genServer({
    handleCall(_request, from) {
      waiting.push(from)
      return noReply
    },
  })
  const pid = b.system.spawn(server, { name: 'server', type: 'Server' })
  const call = outcomeOf(a.system.call(a.system.remote('b', 'server'), 'x', { timeoutMs: 400 }))
  await settle()
  assert.is(b.system.info(pid)?.monitoredBy, 1)
  clock.advance(400)
  await settle()
  assert.is(await call, 'timeout')
  assert.is(b.system.info(pid)?.monitoredBy, 0)
  assert.is(waiting[0]?.reply('too late'), false)
  assert.equal(told(), ['gen_server.late_reply b Server <b.1.0>'])
  assert.equal(failed(), ['node.message.failed b timeout'])
})

test('whoever waits is not waited for longer than that, over any number of nodes', async () => {
  const { a, b, clock, settle } = await setupNodes()
  const left: unknown[] = []
  a.system.spawn(genServer({ handleCall: (_request, _from, ctx) => void left.push(ctx.remainingMs) }), { name: 'last' })
  const middle = genServer({
    async handleCall(_request, _from, ctx) {
      clock.advance(100)
      await ctx.call(a.system.remote('a', 'last'), 'x')
      left.push(ctx.remainingMs)
    },
    handleInfo: (_message, ctx) => void left.push(ctx.remainingMs),
  })
  b.system.spawn(middle, { name: 'middle' })
  const done = a.system.call(a.system.remote('b', 'middle'), 'x', { timeoutMs: 900 })
  for (let i = 0; i < 3; i++) await settle()
  await done
  b.system.trySend('middle', 'nobody waits')
  await settle()
  assert.equal(left, [800, 800, undefined])
})

test('the context of whoever has sent goes along', async () => {
  const { a, b, settle } = await setupNodes()
  const seen: unknown[] = []
  const look = () => void seen.push(currentContext()?.correlationId)
  b.system.spawn(genServer({ handleCall: look, handleInfo: look }), { name: 'server' })
  const to = a.system.remote('b', 'server')
  const call = withCorrelation('mine', () => a.system.call(to, 'x'))
  a.system.trySend(to, 'x')
  await settle()
  await call
  assert.equal(seen, ['mine', undefined])
})

test('nodes, messages and round trips are told of', async () => {
  const { a, b, network, clock, settle, pass } = await setupNodes()
  const told = namesOf(a, ['actor.node.**', 'actor.serialization.error'])
  const there = namesOf(b, ['actor.serialization.error'])
  a.system.trySend(a.system.remote('b', 'x'), { type: 'hello' })
  a.system.trySend(a.system.remote('b', 'x'), { type: 'odd', f: () => {} })
  a.system.trySend(a.system.remote('nobody', 'x'), 1)
  assert.equal(told(), [
    'node.message.sent b',
    'serialization.error a encode odd',
    'node.message.failed b serialization_error',
    'node.message.failed nobody connection_failed',
  ])
  a.cluster.send('b', 'actor', { body: { op: 'eval', code: 'x' } })
  a.cluster.send('b', 'actor', 'nonsense')
  a.cluster.send('b', 'actor', { body: { op: 'exit', to: '<b.1.0>', from: 5, reason: 'kill' } })
  a.cluster.send('b', 'actor', { body: { op: 'toString' } })
  await settle()
  assert.equal(there(), new Array(4).fill('serialization.error b decode'))
  await pass(5_000)
  assert.equal(told(), ['node.ping.start b', 'node.ping.stop b ok'])
  network.disconnect('b')
  clock.advance(4_000)
  await settle()
  assert.equal(told(), ['node.disconnected 0 b timeout'])
  network.reconnect('b')
  await settle()
  await a.system.shutdown()
  assert.equal(told(), ['node.connected 1 b', 'node.disconnected 0 b shutdown'])
})

test('nobody may answer a call that somebody else was asked', async () => {
  const { a, b, join, settle } = await setupNodes()
  const c = await join('c')
  b.system.spawn(genServer({ handleCall: () => noReply }), { name: 'server' })
  let isDone = false
  void outcomeOf(a.system.call(a.system.remote('b', 'server'), 'x')).then(() => {
    isDone = true
  })
  for (let ref = 0; ref < 50; ref++) c.cluster.send('a', 'actor', { body: { op: 'reply', ref, message: 'forged' } })
  await settle()
  assert.is(isDone, false)
})

test('a system has the name of its cluster, and without one there is nobody elsewhere', async () => {
  const { a, b } = await setupNodes()
  assert.throws(() => createActorSystem({ cluster: a.cluster, name: 'other' }), /must be that of the cluster, 'a'/)
  assert.equal([a.system.nodes(), b.system.nodes()], [['b'], ['a']])
  const alone = createActorSystem()
  assert.is(alone.trySend(alone.remote('b', 'x'), 1), 'actor_not_found')
  assert.is(await outcomeOf(alone.call(alone.remote('b', 'x'), 1)), 'noproc')
  assert.equal(alone.nodes(), [])
})

test.run()
