import * as assert from 'uvu/assert'
import { genStatem } from '../../src/actor/statem.ts'
import type { StatemOptions } from '../../src/actor/statem-options.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { gate, OWN_TIMERS, setupActors, turn } from './set-up.ts'

const test = suite('actor/statem', { limitMs: 30_000 })

const turnstile = `
  [*] --> locked
  locked --> unlocked : coin
  unlocked --> locked : push
  unlocked --> unlocked : coin
  locked --> [*] : shutdown`

function setUp<Data>(options: Partial<StatemOptions<Data>> = {}) {
  const setup = setupActors()
  const { system, bus, log } = setup
  const { events } = captureEvents(bus, ['actor.gen_statem.*'])
  const pid = system.spawn(
    genStatem<Data>({
      transitions: turnstile,
      type: 'Turnstile',
      onEnter: { locked: () => void log.push('locked'), unlocked: () => void log.push('unlocked') },
      ...options,
    }),
  )
  const send = async (...messages: readonly unknown[]) => {
    for (const message of messages) system.trySend(pid, message)
    await system.idle()
    return log.splice(0)
  }
  const told = (what: string) =>
    events
      .filter(({ event }) => event.endsWith(what))
      .map(({ measurements, metadata }) => {
        const { type, pid: _pid, ...words } = metadata
        return [...Object.values(measurements), ...Object.values(words)].join(' ')
      })
  return { ...setup, pid, send, told }
}

test('events lead from state to state, and each state is entered, the first one too', async () => {
  const { send } = setUp()
  assert.equal(await send(), ['locked'])
  assert.equal(await send('coin', { type: 'push' }, 'coin'), ['unlocked', 'locked', 'unlocked'])
})

test('the same state again is no change, and an event that means nothing changes nothing', async () => {
  const { send, told, system, pid } = setUp()
  assert.equal(await send('push', 5, 'coin', 'coin', 'push'), ['locked', 'unlocked', 'locked'])
  assert.equal(told('.invalid'), ['locked push', 'locked number'])
  assert.ok(system.isAlive(pid))
})

test('the end of the table is its end', async () => {
  const { send, system, pid, log } = setUp()
  system.monitor(pid, ({ reason }) => log.push(reason))
  assert.equal(await send('shutdown', 'coin'), ['locked', 'normal'])
})

test('a call is an event that may be answered, before the state changes or later', async () => {
  const { system, pid } = setUp<number>({
    data: () => 0,
    handle(event, machine) {
      if (event.name === 'coins') machine.reply(machine.data)
      if (event.name === 'coin') {
        machine.data++
        machine.reply(`thank you, ${machine.state}`)
      }
      return event.name === 'coins' ? 'keep' : undefined
    },
  })
  assert.is(await system.call(pid, 'coin'), 'thank you, locked')
  assert.is(await system.call(pid, { type: 'coin' }), 'thank you, unlocked')
  await system.cast(pid, 'coin')
  assert.is(await system.call(pid, 'coins'), 3)
})

test('a handler may keep, go where the table does not say, and end it', async () => {
  const { send, system, pid, log } = setUp({
    handle({ name, message }) {
      if (name === 'coin' && typeof message === 'object') return 'keep'
      if (name === 'kick') return { next: 'unlocked' }
      return name === 'burn' ? { stop: { custom: 'fire' } } : undefined
    },
  })
  assert.equal(await send({ type: 'coin' }, 'kick'), ['locked', 'unlocked'])
  system.monitor(pid, ({ reason }) => log.push(reason))
  assert.equal(await send('burn', 'push'), [{ custom: 'fire' }])
})

test('a handler that leads nowhere is a failure of the actor', async () => {
  const { send, system, pid } = setUp({ handle: () => ({ next: 'nowhere' }) })
  await send('x')
  assert.not.ok(system.isAlive(pid))
})

test('what is postponed comes again when the state has changed, in order and before everything else', async () => {
  const seen: string[] = []
  const { send } = setUp({
    handle({ name }, { state }) {
      seen.push(`${state} ${name}`)
      return state === 'locked' && name === 'push' ? 'postpone' : undefined
    },
  })
  await send('push', 'push', 'coin', 'coin')
  assert.equal(seen, [
    'locked push',
    'locked push',
    'locked coin',
    'unlocked push',
    'locked push',
    'locked coin',
    'unlocked push',
  ])
})

test('what was postponed waits for the entry, and comes no more when the entry has ended it', async () => {
  const seen: string[] = []
  const { send } = setUp({
    handle: ({ name }, { state }) => {
      seen.push(`${state} ${name}`)
      return state === 'locked' && name === 'push' ? 'postpone' : undefined
    },
    onEnter: {
      async unlocked({ ctx }) {
        await Promise.resolve()
        seen.push('entered')
        if (seen.length > 5) ctx.stop()
      },
    },
  })
  await send('push', 'coin')
  assert.equal(seen.splice(0), ['locked push', 'locked coin', 'entered', 'unlocked push'])
  seen.push('', '')
  await send('push', 'push', 'coin')
  assert.equal(seen.slice(2), ['locked push', 'locked push', 'locked coin', 'entered'])
})

test('of an event that somebody has sent a few words are told', async () => {
  const { send, told } = setUp()
  await send('x'.repeat(10_000))
  assert.equal(told('.invalid'), [`locked ${'x'.repeat(100)}`])
  const other = setUp({ handle: ({ name }) => (name === 'coin' ? undefined : { next: 'unlocked' }) })
  await other.send('x'.repeat(10_000))
  assert.equal(other.told('.transition'), [`0 locked unlocked ${'x'.repeat(100)}`])
})

test('a time-out is of a state, and means nothing in the next one', async () => {
  const { send, clock, told, system } = setUp({ timeouts: { unlocked: { afterMs: 1_000, event: 'push' } } })
  await send('coin')
  clock.advance(999)
  await system.idle()
  assert.equal(await send('push', 'coin'), ['locked', 'unlocked'])
  // That of the first time comes now.
  clock.advance(1)
  assert.equal(await send(), [])
  clock.advance(998)
  assert.equal(await send('coin'), [])
  clock.advance(1)
  assert.equal(await send(), ['locked'])
  assert.equal(told('.invalid'), [])
})

test('a time-out is over with its state, and comes also to a machine with a full mailbox', async () => {
  const { send, clock, system, pid, log } = setUp({ timeouts: { unlocked: { afterMs: 1_000, event: 'push' } } })
  for (let i = 0; i < 100; i++) await send('coin', 'push')
  assert.is(clock.pending, OWN_TIMERS)
  await send('coin')
  for (let i = 0; i < 100; i++) assert.is(system.trySend(pid, 'coin'), 'sent')
  clock.advance(1_000)
  await system.idle()
  assert.equal(log, ['locked'])
})

test('changes are told of with how long the state was, and how many are in each', async () => {
  const { send, clock, told, system, pid } = setUp()
  await send()
  clock.advance(5)
  await send('coin')
  clock.advance(7)
  await send('coin', 'push')
  system.exit(pid, 'kill')
  assert.equal(told('.transition'), [
    '5000000 locked unlocked coin',
    '7000000 unlocked unlocked coin',
    '7000000 unlocked locked push',
  ])
  assert.equal(told('.population'), ['1 locked', '0 locked', '1 unlocked', '0 unlocked', '1 locked', '0 locked'])
})

test('one that was ended while it waits for a promise goes nowhere any more, and is counted nowhere', async () => {
  const { opened, open } = gate()
  const seen: string[] = []
  const { system, send, told, pid, log } = setUp({
    async handle({ name }) {
      seen.push(name)
      if (name === 'coin') await opened
      return name === 'push' && seen.length < 3 ? 'postpone' : undefined
    },
    onEnter: { unlocked: () => void log.push('unlocked') },
  })
  await send('push')
  for (const message of ['coin', 'push']) system.trySend(pid, message)
  await turn()
  system.exit(pid, 'shutdown')
  open()
  await turn()
  assert.equal([seen, log], [['push', 'coin'], []])
  assert.equal([told('.population'), told('.transition')], [['1 locked', '0 locked'], []])
})

test('one that was ended while a state begins takes nothing any more', async () => {
  const { opened, open } = gate()
  const seen: string[] = []
  const { send, system, pid, told } = setUp({
    handle({ name }, { state }) {
      seen.push(`${state} ${name}`)
      return state === 'locked' && name === 'push' ? 'postpone' : undefined
    },
    onEnter: { unlocked: () => opened },
  })
  await send('push')
  system.trySend(pid, 'coin')
  await turn()
  system.exit(pid, 'kill')
  open()
  await turn()
  assert.equal(seen, ['locked push', 'locked coin'])
  assert.is(told('.population').at(-1), '0 unlocked')
})

test('many machines of one type are counted together', async () => {
  const { system, told } = setUp()
  const pids = Array.from({ length: 3 }, () => system.spawn(genStatem({ transitions: turnstile, type: 'Turnstile' })))
  await system.idle()
  assert.is(told('.population').at(-1), '4 locked')
  for (const pid of pids) system.exit(pid, 'kill')
  assert.is(told('.population').at(-1), '1 locked')
})

test('handlers and entries may take their time, one event at a time', async () => {
  const order: string[] = []
  const { send } = setUp({
    async handle({ name }) {
      order.push(`+${name}`)
      await Promise.resolve()
      order.push(`-${name}`)
      return undefined
    },
  })
  await send('coin', 'push')
  assert.equal(order, ['+coin', '-coin', '+push', '-push'])
})

test('a table is as good as a diagram, and what is wrong with either is named', () => {
  const table = { locked: { coin: 'open' }, open: {} }
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{ transitions: table }, /'initial' must be a state/],
    [{ transitions: table, initial: 'nowhere' }, /'initial' is 'nowhere', which is no state/],
    [
      { transitions: { locked: { coin: 'open' } }, initial: 'locked' },
      /'coin' in 'locked' leads to 'open', which is no state/,
    ],
    [{ transitions: { locked: null }, initial: 'locked' }, /'locked' must have an object/],
    [{ transitions: 5 }, /'transitions' must be a table or a diagram/],
    [{ transitions: 'nonsense' }, /line 1 of the diagram/],
    [{ transitions: turnstile, onEnter: { nowhere: () => {} } }, /'onEnter' names 'nowhere'/],
    [{ transitions: turnstile, timeouts: { nowhere: { afterMs: 1, event: 'x' } } }, /'timeouts' names 'nowhere'/],
    [{ transitions: turnstile, timeouts: { locked: { afterMs: -1, event: 'x' } } }, /'timeouts' of 'locked'/],
    [{ transitions: turnstile, handle: 5 }, /'handle' must be a function/],
  ]
  // The cast: what is wrong with them may be their type.
  for (const [options, problem] of rows) assert.throws(() => genStatem(options as StatemOptions), problem)
  assert.is(genStatem({ transitions: table, initial: 'locked' }).type, 'statem')
})

test.run()
