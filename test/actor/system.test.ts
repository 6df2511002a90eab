import * as assert from 'uvu/assert'
import { formatReason } from '../../src/actor/exit-reason.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import { createActorSystem } from '../../src/actor/system.ts'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { gate, setupActors, turn } from './set-up.ts'
import { setupSupervisor } from './supervisor-setup.ts'

const test = suite('actor/system')

test('messages of one sender arrive in order, one at a time', async () => {
  const { system, log } = setupActors()
  let inside = 0
  const pid = system.spawn(async (message) => {
    assert.is(++inside, 1)
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

test('an object, a class and a function are actors, and have a type each', async () => {
  const { system, log } = setupActors()
  class Cart {
    items = 0
    receive() {
      log.push(++this.items)
    }
  }
  function register(message: unknown) {
    log.push(message)
  }
  const pids = [
    system.spawn(Cart),
    system.spawn(Cart),
    system.spawn(register),
    system.spawn({ receive: (message) => void log.push(message) }),
    system.spawn(() => {}, { type: 'named' }),
    system.spawn(new Cart()),
  ]
  for (const pid of pids.slice(0, 4)) system.trySend(pid, 'x')
  await system.idle()
  assert.equal(log, [1, 1, 'x', 'x'])
  assert.equal(
    pids.map((pid) => system.info(pid)?.type),
    ['Cart', 'Cart', 'register', 'actor', 'named', 'Cart'],
  )
})

test('pids are as Erlang prints them, and never used again', () => {
  const { system } = setupActors()
  const named = createActorSystem({ bus: createBus(), name: 'shop-1' })
  const [one, other] = [system.spawn(() => {}), system.spawn(() => {})]
  assert.is(`${one} ${other}`, '<0.1.0> <0.2.0>')
  assert.is(JSON.stringify({ one }), '{"one":"<0.1.0>"}')
  assert.is(`${named.spawn(() => {})}`, '<shop-1.1.0>')
  system.exit(one, 'kill')
  assert.is(`${system.spawn(() => {})}`, '<0.3.0>')
  // The first actor of another system is another one.
  assert.not.ok(named.isAlive(one))
  assert.is(named.trySend(other, 'x'), 'actor_not_found')
})

test('what is no actor, and no option, is refused when it is spawned', () => {
  const { system } = setupActors()
  // The casts: what is wrong with them is their type.
  for (const wrong of [{}, null, 5, 'x', { receive: 1 }])
    assert.throws(() => system.spawn(wrong as never), /an actor must be/)
  assert.throws(() => system.spawn(() => {}, { mailbox: { capacity: 0 } }), /'mailbox.capacity'/)
  assert.throws(
    () => system.spawn(() => {}, { mailbox: { overflow: 'lose' as never } }),
    /'mailbox.overflow' must be one of/,
  )
  assert.throws(() => createActorSystem({ name: 'a b' }), /'name' must be/)
  assert.equal(system.processes(), [])
})

test('before its first message an actor is started, and what waits meanwhile is handled then', async () => {
  const { system, log, recorder } = setupActors()
  const { opened, open } = gate()
  const pid = system.spawn(recorder({ started: () => opened }))
  system.trySend(pid, 'x')
  await turn()
  assert.equal(log, [])
  open()
  await system.idle()
  assert.equal(log, ['x'])
})

test('an actor that cannot be started ends, and its monitors are told', async () => {
  const { system, log, recorder } = setupActors()
  const pid = system.spawn(
    recorder({
      started() {
        throw new Error('no room')
      },
    }),
  )
  system.monitor(pid, ({ reason }) => log.push(formatReason(reason)))
  await system.idle()
  assert.equal(log, ['panic: no room'])
})

test('all ends with shutdown, the youngest first, and what needs too long is killed', async () => {
  const { system, clock, log, recorder } = setupActors()
  const stopped = (name: string) => recorder({ stopped: (reason) => void log.push(`${name} ${formatReason(reason)}`) })
  for (const name of ['a', 'b']) system.spawn(stopped(name))
  const stuck = system.spawn(recorder({ stopped: () => new Promise(() => {}) }))
  system.monitor(stuck, ({ reason }) => log.push(formatReason(reason)))
  system.spawn(stopped('c'))
  await system.idle()
  const ended = system.shutdown(1_000)
  await turn()
  await turn()
  assert.equal(log, ['c shutdown'])
  clock.advance(1_000)
  await ended
  assert.is(log.filter((line) => line === 'killed').length, 1)
  assert.equal(system.processes(), [])
})

test('who is supervised is ended by its supervisor, and not started again', async () => {
  const { system, log, recorder } = setupSupervisor()
  system.spawn(supervisor({ children: [{ id: 'below', start: () => supervisor({ children: [] }) }] }))
  const orphan = { id: 'orphan', start: () => recorder({ stopped: () => void log.push('-orphan') }) }
  const killed = system.spawn(supervisor({ children: [{ ...orphan, options: { trapExit: true } }] }))
  await system.idle()
  system.exit(killed, 'kill')
  await system.idle()
  log.length = 0
  await system.shutdown()
  assert.equal(log, ['-c', '-b', '-a', '-orphan'])
  assert.equal(system.processes(), [])
})

test.run()
