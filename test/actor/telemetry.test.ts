import * as assert from 'uvu/assert'
import { genServer } from '../../src/actor/gen-server.ts'
import { genStatem } from '../../src/actor/statem.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { gate, setupActors, turn } from './set-up.ts'

const test = suite('actor/telemetry')

function setUp(patterns: readonly string[]) {
  const setup = setupActors()
  const { events } = captureEvents(setup.bus, patterns)
  const lines = () =>
    events.splice(0).map(({ event, measurements, metadata }) => {
      const { monotonic_time, system_time, ...numbers } = measurements
      const { span_id, ...words } = metadata
      return [event.slice('actor.'.length), ...Object.values(numbers), ...Object.values(words)].join(' ')
    })
  return { ...setup, lines }
}

test('the life of an actor, with how many of its type there are', async () => {
  const { system, clock, lines } = setUp(['actor.spawned', 'actor.started', 'actor.stopped', 'actor.panicked'])
  const one = system.spawn(() => {}, { type: 'Till' })
  const other = system.spawn(
    () => {
      throw 'out of tea'
    },
    { type: 'Till', name: 'till' },
  )
  await system.idle()
  assert.equal(lines(), [
    'spawned 1 Till <0.1.0>',
    'spawned 2 Till <0.2.0> till',
    'started Till <0.1.0>',
    'started Till <0.2.0>',
  ])
  clock.advance(5)
  system.trySend(other, 'x')
  await system.idle()
  system.exit(one, { custom: 'why' })
  assert.equal(lines(), [
    'panicked Till <0.2.0> out of tea',
    'stopped 5000000 1 Till <0.2.0> panic',
    'stopped 5000000 0 Till <0.1.0> custom',
  ])
})

test('a message is sent, waits, is taken and handled, and one that nobody takes has failed', async () => {
  const { system, clock, lines } = setUp([
    ...['sent', 'failed', 'dequeued', 'handle.*'].map((name) => `actor.message.${name}`),
    'actor.mailbox.full',
  ])
  const { opened, open } = gate()
  const pid = system.spawn(() => opened, { type: 'Till', mailbox: { capacity: 1 } })
  system.trySend(pid, { type: 'pay' })
  await turn()
  system.trySend(pid, new Map())
  assert.is(system.trySend(pid, 5), 'mailbox_full')
  assert.is(system.trySend('nobody', 5), 'actor_not_found')
  clock.advance(3)
  open()
  await system.idle()
  assert.equal(lines(), [
    'message.sent <0.1.0> Till pay',
    'message.dequeued 0 Till <0.1.0>',
    'message.handle.start Till <0.1.0> pay',
    'message.sent <0.1.0> Till Map',
    'mailbox.full Till <0.1.0>',
    'message.failed <0.1.0> Till mailbox_full',
    'message.failed nobody actor_not_found',
    'message.handle.stop 3000000 0 ok Till <0.1.0> pay',
    'message.dequeued 3000000 Till <0.1.0>',
    'message.handle.start Till <0.1.0> Map',
    'message.handle.stop 0 3000000 ok Till <0.1.0> Map',
  ])
})

test('a spawn lasts until the actor is ready or has ended, a sending until there is room', async () => {
  const { system, clock, lines } = setUp(['actor.spawn.*', 'actor.message.send.*'])
  const { opened, open } = gate()
  const slow = system.spawn({ type: 'Till', started: () => opened, receive() {} }, { mailbox: { capacity: 1 } })
  const fails = {
    started() {
      throw 'out of tea'
    },
    receive() {},
  }
  system.spawn(fails, { name: 'fails' })
  const sent = [system.send(slow, 'one'), system.send(slow, 'two')]
  assert.is(system.trySend(slow, 'three'), 'mailbox_full')
  await turn()
  clock.advance(2)
  open()
  await Promise.all(sent)
  void system.send(slow, 'four')
  void system.send(slow, 'five')
  system.exit(slow, 'kill')
  assert.equal(lines(), [
    'spawn.start Till',
    'spawn.start actor fails',
    'message.send.start <0.1.0> Till string',
    'message.send.stop 0 ok <0.1.0> Till string',
    'message.send.start <0.1.0> Till string',
    'message.send.start <0.1.0> Till string',
    'message.send.exception 0 exception <0.1.0> Till string throw mailbox_full ',
    'spawn.exception 0 exception actor fails <0.2.0> throw out of tea ',
    'spawn.stop 2000000 ok Till <0.1.0>',
    'message.send.stop 2000000 ok <0.1.0> Till string',
    'message.send.start <0.1.0> Till string',
    'message.send.stop 0 ok <0.1.0> Till string',
    'message.send.start <0.1.0> Till string',
    'message.send.exception 0 exception <0.1.0> Till string throw actor_not_found ',
  ])
})

test('a mailbox is told of when it changes, with all of its type, and falls to nothing', async () => {
  const { system, lines } = setUp(['actor.mailbox.depth'])
  const pids = [4, 10].map((capacity) => system.spawn(() => {}, { type: 'Till', mailbox: { capacity } }))
  for (const pid of pids) for (let i = 0; i < 2; i++) system.trySend(pid, i)
  assert.equal(lines(), [
    'mailbox.depth 1 4 0.25 1 0.25 1 Till <0.1.0>',
    'mailbox.depth 2 4 0.5 2 0.5 2 Till <0.1.0>',
    'mailbox.depth 1 10 0.1 3 0.5 2 Till <0.2.0>',
    'mailbox.depth 2 10 0.2 4 0.5 2 Till <0.2.0>',
  ])
  const [first] = pids
  if (first !== undefined) system.exit(first, 'kill')
  assert.equal(lines(), ['mailbox.depth 0 4 0 2 0.2 2 Till <0.1.0>'])
  await system.idle()
  assert.is(lines().at(-1), 'mailbox.depth 0 10 0 0 0 0 Till <0.2.0>')
})

test('signals are told of when they are sent, when they arrive and when they change nothing', async () => {
  const { system, lines } = setUp(['actor.signal.**', 'actor.link.created', 'actor.monitor.created'])
  const [one, other] = [system.spawn(() => {}, { type: 'A' }), system.spawn(() => {}, { type: 'B' })]
  system.link(one, other)
  system.link(other, one)
  system.monitor(one, () => {})
  system.stop(one)
  await system.idle()
  assert.equal(lines(), [
    'link.created <0.1.0> <0.2.0>',
    'monitor.created <0.1.0>',
    'signal.sent stop',
    'signal.received stop A <0.1.0>',
    'signal.sent exit normal',
    'signal.exit normal',
    'signal.received exit B <0.2.0>',
    'signal.ignored exit B <0.2.0>',
    'signal.sent down normal',
  ])
})

test('what the library itself waits for is no monitor of anybody', async () => {
  const { system, lines } = setUp(['actor.monitor.created'])
  const server = system.spawn(genServer({ handleCall: () => 'y' }))
  system.spawn(supervisor({ children: [{ id: 'one', start: () => () => {} }] }))
  system.spawn(genStatem({ transitions: '[*] --> open\nopen --> open : push' }))
  await system.idle()
  await system.call(server, 'x')
  await system.shutdown()
  assert.equal(lines(), [])
})

test('what must not be missed is not sampled', async () => {
  const { system, bus, lines } = setUp(['actor.spawned', 'actor.panicked', 'actor.message.sent'])
  bus.control({ sampling: [{ pattern: '**', rate: 0 }] })
  const pid = system.spawn(() => {
    throw 'out of tea'
  })
  system.trySend(pid, 'x')
  await system.idle()
  assert.equal(lines(), ['spawned 1 actor <0.1.0>', 'panicked actor <0.1.0> out of tea'])
})

test('names and timers, with how many there are', () => {
  const { system, clock, lines } = setUp(['actor.registry.*', 'actor.timer.*'])
  const pid = system.spawn(() => {}, { name: 'till' })
  assert.throws(() => system.spawn(() => {}, { name: 'till' }))
  system.whereis('till')
  system.whereis('nobody')
  system.cancelTimer(system.sendAfter(5, pid, 'x'))
  system.sendAfter(5, pid, 'x')
  clock.advance(5)
  system.exit(pid, 'kill')
  assert.equal(lines(), [
    'registry.registered 1 till',
    'registry.conflict 1 till',
    'registry.lookup 1 till true',
    'registry.lookup 1 nobody false',
    ...['timer.scheduled 1', 'timer.cancelled 0', 'timer.scheduled 1', 'timer.delivered 0'],
    'registry.unregistered 0 till',
  ])
})

test.run()
