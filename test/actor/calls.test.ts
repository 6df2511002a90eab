import * as assert from 'uvu/assert'
import type { ActorContext } from '../../src/actor/actor.ts'
import { CallError } from '../../src/actor/call-error.ts'
import { type GenServer, genServer, noReply } from '../../src/actor/gen-server.ts'
import type { Pid } from '../../src/actor/pid.ts'
import type { From } from '../../src/actor/request.ts'
import { suite } from '../harness/suite.ts'
import { random } from '../metrics/random.ts'
import { OWN_TIMERS, setupActors, turn } from './set-up.ts'

const test = suite('actor/calls', { limitMs: 300_000 })
/** R5 in full, by hand: SONDE_ACTOR_CALLS=100000. */
const CALLS = Number(process.env.SONDE_ACTOR_CALLS ?? 10_000)
const SEED = Number(process.env.SONDE_SEED ?? Date.now() % 1_000_000)

/** A message that is a wish: what the server is to do with the call. */
interface Ask {
  readonly how: 'now' | 'later' | 'slowly' | 'crash' | 'ask yourself' | 'ask the next'
  readonly next?: Pid
  /** How many more are to be asked by those that are asked. */
  readonly hops?: number
}

/** What replies to nobody by itself: the test gives the answers, some of them twice and some too late. */
class Server implements GenServer {
  readonly waiting: From[]
  readonly gates: (() => void)[]

  constructor(waiting: From[], gates: (() => void)[]) {
    this.waiting = waiting
    this.gates = gates
  }

  handleCall(request: Ask, from: From, ctx: ActorContext): unknown {
    if (request.how === 'crash') throw new Error('as it was asked to')
    if (request.how === 'later') this.waiting.push(from)
    if (request.how === 'slowly') return new Promise<void>((resolve) => this.gates.push(resolve))
    if (request.how === 'ask yourself') return outcomeOf(ctx.call(ctx.self, { how: 'now' }))
    // Back and forth: each waits for the one after it, until one of them waits no more.
    const { next, hops = 0 } = request
    if (next !== undefined && hops > 0)
      return outcomeOf(ctx.call(next, { ...request, next: ctx.self, hops: hops - 1 }, { timeoutMs: 30 }))
    return request.how === 'later' ? noReply : 'now'
  }
}

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    return String(await call)
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    return error.failure
  }
}

test(`each of ${CALLS} calls settles once and in time, whoever dies, and nothing is left of any (seed ${SEED})`, async () => {
  const { system, clock, bus } = setupActors()
  const inFlight: unknown[] = []
  bus.attach('in-flight', 'actor.gen_server.call.*', (_event, measurements) => {
    inFlight.push(measurements.in_flight)
  })
  const next = random(SEED)
  const upTo = (limit: number) => Math.floor(next() * limit)
  const waiting: From[] = []
  const gates: (() => void)[] = []
  const serve = () => system.spawn(genServer(new Server(waiting, gates)), { mailbox: { capacity: 5 } })
  const servers = Array.from({ length: 8 }, serve)
  const kinds = ['now', 'now', 'now', 'now', 'later', 'later', 'slowly', 'ask yourself', 'ask the next'] as const
  const outcomes: Record<string, number> = {}
  let settled = 0
  let latest = 0

  const ask = async () => {
    const [to, other] = [servers[upTo(8)] ?? serve(), servers[upTo(8)] ?? serve()]
    const how = next() < 0.005 ? 'crash' : (kinds[upTo(kinds.length)] ?? 'now')
    const hops = how === 'ask the next' ? 1 + upTo(3) : 0
    const [timeoutMs, madeAt] = [10 + upTo(100), clock.monotonicTime()]
    const outcome = await outcomeOf(system.call(to, { how, next: other, hops }, { timeoutMs }))
    settled++
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
    latest = Math.max(latest, (clock.monotonicTime() - madeAt) / 1e6 - timeoutMs)
  }

  const calls: Promise<void>[] = []
  while (calls.length < CALLS) {
    for (let i = 0; i < 10; i++) calls.push(ask())
    if (next() < 0.5) waiting.splice(upTo(waiting.length), 1)[0]?.reply('late')
    if (next() < 0.1) for (const from of waiting.slice(0, 5)) from.reply('one of two')
    if (next() < 0.7) for (const open of gates.splice(0, upTo(gates.length + 1))) open()
    if (next() < 0.1) system.exit(servers[upTo(8)] ?? serve(), next() < 0.5 ? 'kill' : 'shutdown')
    if (next() < 0.5) clock.advance(upTo(10))
    await turn()
    for (const [index, pid] of servers.entries()) if (!system.isAlive(pid)) servers[index] = serve()
  }
  // All that hang in a ring, and those that wait for them in their turn.
  let isIdle = false
  const idle = () => system.idle().then(() => void (isIdle = settled === CALLS))
  for (let i = 0; i < 1_000 && !isIdle; i++) {
    void idle()
    for (const open of gates.splice(0)) open()
    await turn()
    clock.advance(10)
  }
  await Promise.all(calls)
  assert.is(settled, CALLS)
  assert.ok(latest <= 10, `${latest} ms after its time-out`)
  for (const outcome of ['now', 'late', 'self', 'timeout', 'exit', 'one of two']) assert.ok(outcomes[outcome], outcome)
  assert.equal([isIdle, clock.pending, inFlight.at(-1)], [true, OWN_TIMERS, 0])
  for (const info of servers.map(system.info))
    if (info !== undefined) assert.equal([info.mailbox, info.monitoredBy], [0, 0])
})

test('two that call each other both wait until one of them waits no more, and then live on', async () => {
  const { system, clock, log } = setupActors()
  const pids: Pid[] = []
  const asking = (other: number, { request, timeoutMs }: { request: string; timeoutMs: number }): GenServer => ({
    async handleCall(asked, _from, ctx) {
      const to = pids[other]
      return asked === 'are you there' || to === undefined ? 'yes' : outcomeOf(ctx.call(to, request, { timeoutMs }))
    },
  })
  pids.push(
    system.spawn(genServer(asking(1, { request: 'ask me', timeoutMs: 100 }))),
    system.spawn(genServer(asking(0, { request: 'are you there', timeoutMs: 50 }))),
  )
  const [one, other] = pids
  if (one === undefined || other === undefined) throw new Error('not spawned')
  const outcome = outcomeOf(system.call(one, 'ask the other', { timeoutMs: 1_000 })).then((what) => log.push(what))
  for (let i = 0; i < 10; i++) await turn()
  clock.advance(49)
  await turn()
  assert.equal(log, [])
  clock.advance(1)
  await outcome
  assert.equal(log, ['timeout'])
  assert.equal(await Promise.all(pids.map((pid) => system.call(pid, 'are you there'))), ['yes', 'yes'])
  await system.idle()
  assert.is(clock.pending, OWN_TIMERS)
})

test('a call that waits for room and is out of time does not arrive', async () => {
  const { system, clock, log } = setupActors()
  const gates: (() => void)[] = []
  const pid = system.spawn(
    genServer({
      handleCall(request) {
        log.push(request)
        return new Promise<void>((resolve) => gates.push(resolve))
      },
    }),
    { mailbox: { capacity: 1 } },
  )
  const first = outcomeOf(system.call(pid, 'first', { timeoutMs: 1_000 }))
  await turn()
  const others = ['second', 'third', 'fourth'].map((request) => outcomeOf(system.call(pid, request, { timeoutMs: 10 })))
  await turn()
  clock.advance(10)
  assert.equal(await Promise.all(others), ['timeout', 'timeout', 'timeout'])
  for (let i = 0; i < 4; i++) {
    for (const open of gates.splice(0)) open()
    await turn()
  }
  assert.equal([await first, log], ['undefined', ['first', 'second']])
})

test('a reply that is a promise is waited for, as long as the call may wait', async () => {
  const { system, clock } = setupActors()
  const froms: From[] = []
  const pid = system.spawn(
    genServer({
      handleCall(_request, from) {
        froms.push(from)
        return noReply
      },
    }),
  )
  const asked = async () => {
    const outcome = outcomeOf(system.call(pid, 'x', { timeoutMs: 100 }))
    await turn()
    const from = froms.pop()
    if (from === undefined) throw new Error('not asked')
    return { outcome, from }
  }
  const [kept, broken, never] = [await asked(), await asked(), await asked()]
  const [hostile, last] = [await asked(), await asked()]
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  kept.from.reply(Promise.resolve('kept'))
  broken.from.reply(Promise.reject(new Error('no')))
  assert.equal([never.from.reply(new Promise(() => {})), never.from.reply('again')], [true, false])
  hostile.from.reply(proxy)
  assert.equal([await kept.outcome, await broken.outcome, await hostile.outcome], ['kept', 'exit', 'exit'])
  last.from.reply('given')
  system.exit(pid, 'kill')
  assert.equal([await never.outcome, await last.outcome], ['exit', 'given'])
  const replies = { handleCall: (_request: unknown, from: From) => void from.reply(new Promise(() => {})) }
  const other = system.spawn(genServer(replies))
  const outcome = outcomeOf(system.call(other, 'x', { timeoutMs: 100 }))
  await turn()
  clock.advance(100)
  assert.equal([await outcome, clock.pending], ['timeout', OWN_TIMERS])
})

test('a call fails and nothing else does, whatever the server has thrown', async () => {
  const { system } = setupActors()
  const thrown = [Object.assign(new Error(), { message: Symbol('s') }), Object.create(null), Symbol('s'), 1n, undefined]
  for (const what of thrown) {
    const pid = system.spawn(
      genServer({
        handleCall() {
          throw what
        },
      }),
    )
    assert.is(await outcomeOf(system.call(pid, 'x')), 'exit')
  }
})

test.run()
