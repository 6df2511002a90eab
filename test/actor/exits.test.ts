import * as assert from 'uvu/assert'
import type { ActorContext } from '../../src/actor/actor.ts'
import { type ExitReason, formatReason } from '../../src/actor/exit-reason.ts'
import { suite } from '../harness/suite.ts'
import { type ActorSetup, gate, setupActors, turn } from './set-up.ts'

const test = suite('actor/exits', { limitMs: 30_000 })

const boom = { custom: 'boom' } as const
const late = { shutdown: 'late' } as const

/** What a signal does to a target: `alive`, how it died, or the message that it got. */
async function effect(trapExit: boolean, send: (setup: ActorSetup, ctx: ActorContext) => void): Promise<string> {
  const setup = setupActors()
  const { system, log, recorder } = setup
  let died = ''
  const target = system.spawn(recorder({ receive: (_message, ctx) => send(setup, ctx) }), { trapExit })
  system.monitor(target, ({ reason }) => {
    died = `dies ${formatReason(reason)}`
  })
  system.trySend(target, 'go')
  await system.idle()
  if (died !== '') return died
  return log.length === 0 ? 'alive' : String(log[0]).replace(/<.*?> /, '')
}

/** From another actor, by `exit/2`. */
const fromOther = (reason: ExitReason) => (trap: boolean) =>
  effect(trap, ({ system }, { self }) => {
    const other = system.spawn((_message, ctx) => ctx.exit(self, reason))
    system.trySend(other, 'go')
  })
/** By a linked actor that ends. */
const fromLink =
  (reason: ExitReason, direct = false) =>
  (trap: boolean) =>
    effect(trap, ({ system }, ctx) => {
      const linked = ctx.spawnLink((_message, own) => own.stop(reason))
      if (direct) system.exit(linked, reason)
      else system.trySend(linked, 'go')
    })

/** The table of Erlang 25, in the order of the reference: target not trapping, target trapping. */
const rows: readonly (readonly [
  name: string,
  run: (trap: boolean) => Promise<string>,
  plain: string,
  trapping: string,
])[] = [
  ['exit(Pid, normal) from another', fromOther('normal'), 'alive', 'exit normal'],
  [
    'exit(self(), normal) by itself',
    (trap) => effect(trap, (_, ctx) => ctx.exit(ctx.self, 'normal')),
    'dies normal',
    'exit normal',
  ],
  ['exit(Pid, kill)', fromOther('kill'), 'dies killed', 'dies killed'],
  ['exit(Pid, killed)', fromOther('killed'), 'dies killed', 'exit killed'],
  ['exit(Pid, shutdown)', fromOther('shutdown'), 'dies shutdown', 'exit shutdown'],
  ['exit(Pid, {shutdown, T})', fromOther(late), 'dies shutdown: late', 'exit shutdown: late'],
  ['exit(Pid, boom)', fromOther(boom), 'dies custom: boom', 'exit custom: boom'],
  ['a linked one ends normal', fromLink('normal'), 'alive', 'exit normal'],
  ['a linked one ends with exit(kill)', fromLink('kill'), 'dies kill', 'exit kill'],
  ['a linked one was killed', fromLink('kill', true), 'dies killed', 'exit killed'],
  ['a linked one ends killed', fromLink('killed'), 'dies killed', 'exit killed'],
  ['a linked one ends shutdown', fromLink('shutdown'), 'dies shutdown', 'exit shutdown'],
  ['a linked one ends {shutdown, T}', fromLink(late), 'dies shutdown: late', 'exit shutdown: late'],
  ['a linked one ends boom', fromLink(boom), 'dies custom: boom', 'exit custom: boom'],
  [
    'a monitor on a dead pid',
    (trap) => effect(trap, ({ system }, ctx) => void ctx.monitor(dead(system))),
    'down noproc',
    'down noproc',
  ],
  [
    'a link to a dead pid',
    (trap) => effect(trap, ({ system }, ctx) => ctx.link(dead(system))),
    'dies noproc',
    'exit noproc',
  ],
]

function dead(system: ActorSetup['system']) {
  const pid = system.spawn(() => {})
  system.exit(pid, 'kill')
  return pid
}

for (const [name, run, plain, trapping] of rows) {
  test(name, async () => {
    assert.equal([await run(false), await run(true)], [plain, trapping])
  })
}

test('a chain of a hundred thousand links ends without a stack that is too deep', () => {
  const { system } = setupActors()
  const pids = Array.from({ length: 100_000 }, () => system.spawn(() => {}))
  pids.reduce((one, other) => {
    system.link(one, other)
    return other
  })
  const [first] = pids
  if (first !== undefined) system.exit(first, 'shutdown')
  assert.equal(system.processes(), [])
})

test('what an actor throws ends it, and only those that are linked to it or monitor it hear of it', async () => {
  const { system, log, recorder } = setupActors()
  const throwsLater = async () => {
    await Promise.resolve()
    throw new Error('out of tea')
  }
  const bad = system.spawn(throwsLater)
  const watching = system.spawn(recorder({ started: (ctx) => void ctx.monitor(bad) }))
  const [linked, other] = [system.spawn(recorder()), system.spawn(recorder())]
  system.link(bad, linked)
  await system.idle()
  system.trySend(bad, 'x')
  await system.idle()
  assert.equal(log, [`down ${bad} panic: out of tea`])
  assert.equal([bad, watching, linked, other].map(system.isAlive), [false, true, false, true])
})

test('an exit comes before a down of the same actor, and both after its last message', async () => {
  const { system, log, recorder } = setupActors()
  const watcher = system.spawn(recorder(), { trapExit: true, name: 'watcher' })
  const pid = system.spawn((_message, ctx) => {
    ctx.trySend('watcher', 'last words')
    ctx.stop(boom)
  })
  system.link(watcher, pid)
  const asked = system.spawn({
    receive: () => {},
    started: (ctx) => void ctx.monitor(pid),
    signal: () => void log.push('down too'),
  })
  await system.idle()
  system.trySend(pid, 'go')
  await system.idle()
  assert.equal(log, ['last words', `exit ${pid} custom: boom`, 'down too'])
  assert.ok(system.isAlive(asked))
})

test('an actor with stopped ends gently: its message first, and nobody hears of it before', async () => {
  const { system, log } = setupActors()
  const { opened, open } = gate()
  const aborted: boolean[] = []
  const pid = system.spawn({
    async receive(message, ctx) {
      ctx.signal.addEventListener('abort', () => aborted.push(true))
      await opened
      log.push(message)
    },
    async stopped(reason) {
      await Promise.resolve()
      log.push(`stopped ${formatReason(reason)}`)
    },
  })
  for (const message of ['first', 'second']) system.trySend(pid, message)
  await turn()
  system.monitor(pid, ({ reason }) => log.push(`down ${formatReason(reason)}`))
  system.exit(pid, 'shutdown')
  assert.equal([log, aborted], [[], [true]])
  open()
  await system.idle()
  assert.equal(log, ['first', 'stopped shutdown', 'down shutdown'])
})

test('what comes after the end of another comes after being told of it', async () => {
  const { system, log, recorder } = setupActors()
  const pid = system.spawn(() => {})
  const watcher = system.spawn(recorder({ started: (ctx) => void ctx.monitor(pid) }))
  await system.idle()
  system.trySend(watcher, 'before')
  system.exit(pid, 'kill')
  system.trySend(watcher, 'after')
  await system.idle()
  assert.equal(log, ['before', `down ${pid} killed`, 'after'])
})

test('an actor ends for the first reason that it was given', async () => {
  const { system, log } = setupActors()
  const { opened, open } = gate()
  const pid = system.spawn({ receive: () => opened, stopped: (reason) => void log.push(reason) })
  system.trySend(pid, 'x')
  await turn()
  system.exit(pid, 'shutdown')
  system.exit(pid, boom)
  system.stop(pid)
  open()
  await system.idle()
  assert.equal(log, ['shutdown'])
  const panics = system.spawn({
    receive: (_message, ctx) => ctx.stop({ panic: 'own' }),
    stopped: () => void log.push('stopped'),
  })
  system.trySend(panics, 'x')
  await system.idle()
  assert.equal([log, system.isAlive(panics)], [['shutdown'], false])
})

test('what ends an actor from outside does not wait because it was to end anyway', async () => {
  const { system, log, recorder } = setupActors()
  const never = (_message: unknown, ctx: ActorContext) => {
    ctx.signal.addEventListener('abort', () => log.push('aborted'))
    ctx.stop({ shutdown: 'late' })
    return new Promise<void>(() => {})
  }
  const pids = [system.spawn(never), system.spawn(recorder({ receive: never, stopped: () => {} }))]
  for (const pid of pids) {
    system.monitor(pid, ({ reason }) => log.push(formatReason(reason)))
    system.trySend(pid, 'x')
    await turn()
    system.exit(pid, boom)
  }
  assert.equal(log, ['aborted', 'shutdown: late', 'aborted'])
})

test('a kill waits for nothing, and what the actor goes on doing is nobody’s', async () => {
  const { system, log } = setupActors()
  const { opened, open } = gate()
  const pid = system.spawn({
    async receive() {
      await opened
      throw new Error('nobody hears this')
    },
    stopped: () => void log.push('stopped'),
  })
  system.trySend(pid, 'x')
  await turn()
  system.monitor(pid, ({ reason }) => log.push(reason))
  system.exit(pid, 'kill')
  assert.equal(log, ['killed'])
  open()
  await system.idle()
  assert.equal(log, ['killed'])
})

test('stopped is not called after a panic, and one that throws is a panic that is told of once', async () => {
  const { system, log } = setupActors()
  const crash = () => {
    throw new Error('in receive')
  }
  const first = system.spawn({ receive: crash, stopped: () => void log.push('stopped') })
  const second = system.spawn({
    receive: () => {},
    stopped() {
      throw new Error('in stopped')
    },
  })
  for (const pid of [first, second]) system.monitor(pid, ({ reason }) => log.push(formatReason(reason)))
  system.trySend(first, 'x')
  await system.idle()
  system.stop(second)
  await system.idle()
  assert.equal(log, ['panic: in receive', 'panic: in stopped'])
})

test('a rejection of anything, and a then that throws, end the actor and no other', async () => {
  const { system } = setupActors()
  const other = system.spawn(() => {})
  const poison: readonly (() => unknown)[] = [
    () => Promise.reject(undefined),
    () => Promise.reject(Object.create(null)),
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: that it has one is what is tested
      then() {
        throw new Error('no')
      },
    }),
  ]
  for (const one of poison) {
    // The cast: what is wrong with it is its type.
    const pid = system.spawn(one as () => void)
    system.trySend(pid, 'x')
    await system.idle()
    assert.not.ok(system.isAlive(pid))
  }
  assert.ok(system.isAlive(other))
})

test.run()
