import * as assert from 'uvu/assert'
import { CallError } from '../../src/actor/call-error.ts'
import { formatReason } from '../../src/actor/exit-reason.ts'
import { type GenServer, genServer, noReply } from '../../src/actor/gen-server.ts'
import type { Pid } from '../../src/actor/pid.ts'
import type { From } from '../../src/actor/request.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { random } from '../metrics/random.ts'
import { OWN_TIMERS, setupActors, turn } from './set-up.ts'

const test = suite('actor/gen-server', { limitMs: 60_000 })

class Counter implements GenServer {
  count = 0
  readonly waiting: From[] = []

  init() {
    this.count = 1
  }

  handleCall(request: unknown, from: From): unknown {
    if (request === 'get') return this.count
    if (request === 'later') {
      this.waiting.push(from)
      return noReply
    }
    if (request === 'later, slowly') {
      this.waiting.push(from)
      return Promise.resolve(noReply)
    }
    if (request === 'slowly') return Promise.resolve().then(() => `slow ${this.count}`)
    throw new Error(`what is ${String(request)}`)
  }

  handleCast(by: unknown) {
    this.count += Number(by)
    for (const from of this.waiting.splice(0)) from.reply(this.count)
  }
}

async function failureOf(call: Promise<unknown>): Promise<string> {
  try {
    return `replied ${String(await call)}`
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return `${error.failure}${error.reason === undefined ? '' : `: ${formatReason(error.reason)}`}`
  }
}

test('a call has a reply, a cast has none, and the state is in between', async () => {
  const { system } = setupActors()
  const pid = system.spawn(genServer(new Counter()), { name: 'counter' })
  assert.is(await system.call(pid, 'get'), 1)
  assert.is(await system.cast('counter', 5), 'sent')
  assert.is(await system.call('counter', 'get'), 6)
  assert.is(await system.call(pid, 'slowly'), 'slow 6')
  assert.is(system.info(pid)?.type, 'Counter')
})

test('a reply may come later, and others are served meanwhile', async () => {
  const { system } = setupActors()
  const pid = system.spawn(genServer(new Counter()))
  const later = [system.call(pid, 'later'), system.call(pid, 'later, slowly')]
  assert.is(await system.call(pid, 'get'), 1)
  await system.cast(pid, 2)
  assert.equal(await Promise.all(later), [3, 3])
})

test('a call fails at once where there is nobody, when the server ends and when it is full, and in time when there is no reply', async () => {
  const { system, clock } = setupActors()
  const pid = system.spawn(genServer(new Counter()))
  assert.is(await failureOf(system.call('nobody', 'get')), 'noproc')
  const [slow, killed] = [
    failureOf(system.call(pid, 'later', { timeoutMs: 100 })),
    failureOf(system.call(pid, 'later')),
  ]
  await turn()
  clock.advance(100)
  assert.is(await slow, 'timeout')
  system.exit(pid, 'kill')
  assert.is(await killed, 'exit: killed')
  assert.is(await failureOf(system.call(pid, 'get')), 'noproc')
  const crashing = system.spawn(genServer(new Counter()))
  assert.is(await failureOf(system.call(crashing, 'nonsense')), 'exit: panic: what is nonsense')
  const full = system.spawn(genServer(new Counter()), { mailbox: { capacity: 1, overflow: 'fail' } })
  const first = system.call(full, 'get')
  assert.is(await failureOf(system.call(full, 'get')), 'mailbox_full')
  assert.is(await first, 1)
  assert.is(clock.pending, OWN_TIMERS)
})

test('the default time-out is five seconds', async () => {
  const { system, clock } = setupActors()
  const pid = system.spawn(genServer(new Counter()))
  const result = failureOf(system.call(pid, 'later'))
  clock.advance(4_999)
  let isOver = false
  void result.then(() => {
    isOver = true
  })
  await turn()
  assert.not.ok(isOver)
  clock.advance(1)
  assert.is(await result, 'timeout')
})

test('a reply that is late, or the second one, is dropped and told of', async () => {
  const { system, bus, clock } = setupActors()
  const { events } = captureEvents(bus, ['actor.gen_server.*'])
  const server = new Counter()
  const pid = system.spawn(genServer(server))
  const result = failureOf(system.call(pid, 'later', { timeoutMs: 100 }))
  await system.idle()
  const [from] = server.waiting
  clock.advance(100)
  assert.is(await result, 'timeout')
  assert.equal([from?.reply(1), from?.reply(2)], [false, false])
  assert.equal(
    events.map(({ event }) => event),
    ['actor.gen_server.timeout', 'actor.gen_server.late_reply', 'actor.gen_server.late_reply'],
  )
})

test('an actor that calls itself is refused, and one that calls another is not', async () => {
  const { system, log } = setupActors()
  const counter = system.spawn(genServer(new Counter()))
  const pid = system.spawn(async (_message, ctx) => {
    log.push(
      await failureOf(ctx.call(ctx.self, 'get')),
      await failureOf(ctx.call(counter, 'get')),
      await ctx.cast(counter, 1),
    )
  })
  system.trySend(pid, 'go')
  await system.idle()
  assert.equal(log, ['self', 'replied 1', 'sent'])
})

test('other messages and signals are information, and its end is told to it', async () => {
  const { system, log } = setupActors()
  const other = system.spawn(() => {})
  const pid = system.spawn(
    genServer({
      init: (ctx) => void ctx.monitor(other),
      handleInfo: (message) =>
        void log.push(typeof message === 'object' && message !== null && 'type' in message ? message.type : message),
      terminate: (reason) => void log.push(reason),
    }),
  )
  await system.idle()
  system.trySend(pid, 'hello')
  system.exit(other, 'kill')
  await system.idle()
  system.exit(pid, 'shutdown')
  await system.idle()
  assert.equal(log, ['hello', 'down', 'shutdown'])
  const deaf = system.spawn(genServer({}))
  system.trySend(deaf, 'hello')
  assert.match(await failureOf(system.call(deaf, 'x')), /exit: panic: this server takes no calls/)
})

test('a call is one span, with how many wait', async () => {
  const { system, bus } = setupActors()
  const { events } = captureEvents(bus, ['actor.gen_server.**'])
  const pid = system.spawn(genServer(new Counter()))
  await Promise.all([system.call(pid, 'get'), system.call(pid, 'get')])
  await failureOf(system.call(pid, 'nonsense'))
  await system.cast('nobody', 1)
  assert.equal(
    events.map(({ event, measurements, metadata }) => [
      event.slice('actor.gen_server.'.length),
      measurements.in_flight,
      metadata.error_type,
    ]),
    [
      ['call.start', 1, undefined],
      ['call.start', 2, undefined],
      ['call.stop', 1, undefined],
      ['call.stop', 0, undefined],
      ['call.start', 1, undefined],
      ['call.exception', 0, 'exit'],
    ],
  )
})

test('two that call each other end when whoever has called first waits no longer, and nobody waits for ever', async () => {
  const { system, clock } = setupActors()
  const one: Pid = system.spawn(
    genServer({
      handleCall: async (request, _from, ctx) => (request === 'ask' ? await ctx.call(other, 'ask back') : 'one'),
    }),
  )
  const other: Pid = system.spawn(genServer({ handleCall: (_request, _from, ctx) => ctx.call(one, 'again') }))
  const failed = failureOf(system.call(one, 'ask', { timeoutMs: 100 }))
  await turn()
  clock.advance(99)
  await turn()
  clock.advance(1)
  await turn()
  assert.is(await failed, 'timeout')
  await system.idle()
  assert.equal([system.isAlive(one), system.isAlive(other)], [false, false])
})

/** Of ten calls each; 10,000 are run by hand. */
const ROUNDS = Number(process.env.SONDE_CALL_ROUNDS ?? 1_000)

test('whoever dies when, every call settles once, and nothing is left of it', async () => {
  const { system, clock } = setupActors()
  const next = random(Number(process.env.SONDE_SEED ?? 7))
  const serve = () => system.spawn(genServer(new Counter()), { mailbox: { capacity: 50 } })
  const servers = Array.from({ length: 8 }, serve)
  let [settled, made] = [0, 0]
  const calls: Promise<unknown>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < 10; i++) {
      const to = servers[Math.floor(next() * servers.length)] ?? serve()
      const request = ['get', 'later', 'slowly', 'nonsense'][Math.floor(next() * 40)] ?? 'get'
      made++
      calls.push(failureOf(system.call(to, request, { timeoutMs: 50 })).then(() => settled++))
    }
    if (next() < 0.2) system.exit(servers[Math.floor(next() * servers.length)] ?? serve(), 'kill')
    if (next() < 0.3) clock.advance(10)
    if (next() < 0.5) await turn()
    for (const [index, pid] of servers.entries()) if (!system.isAlive(pid)) servers[index] = serve()
  }
  await turn()
  clock.advance(1_000)
  await Promise.all(calls)
  assert.equal([made, settled], [10 * ROUNDS, 10 * ROUNDS])
  await system.idle()
  assert.is(clock.pending, OWN_TIMERS)
  for (const pid of servers) assert.is(system.info(pid)?.monitoredBy ?? 0, 0)
})

test.run()
