import * as assert from 'uvu/assert'
import type { Pid } from '../../src/actor/pid.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import type { ChildSpec } from '../../src/actor/supervisor-options.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { setupActors } from './set-up.ts'
import { setupSupervisor, turns } from './supervisor-setup.ts'

const test = suite('actor/supervisor', { limitMs: 30_000 })

test('children are started in order and ended in the reverse, and the supervisor ends after them', async () => {
  const { system, pid, log } = setupSupervisor()
  await system.idle()
  assert.equal(log.splice(0), ['+a', '+b', '+c'])
  system.monitor(pid, ({ reason }) => log.push(reason))
  system.exit(pid, 'shutdown')
  await system.idle()
  assert.equal(log, ['-c', '-b', '-a', 'shutdown'])
  assert.equal(system.processes(), [])
})

test('one_for_one: it alone is started again', async () => {
  const { after, which } = setupSupervisor()
  assert.equal(await after('b'), ['+b'])
  assert.equal(
    (await which()).map(({ id }) => id),
    ['a', 'b', 'c'],
  )
})

test('one_for_all: all others are ended first, the last one first, and then all are started in order', async () => {
  const { system, after, which } = setupSupervisor({ strategy: 'one_for_all' })
  await system.idle()
  const before = (await which()).map(({ pid }) => pid)
  assert.equal(await after('b'), ['-c', '-a', '+a', '+b', '+c'])
  assert.not.ok((await which()).some(({ pid }) => before.includes(pid)))
  assert.is(system.processes().length, 4)
})

test('rest_for_one: those that were started after it go with it', async () => {
  const { system, pidOf, after } = setupSupervisor({ strategy: 'rest_for_one' })
  await system.idle()
  const a = await pidOf('a')
  assert.equal(await after('b'), ['-c', '+b', '+c'])
  assert.is(await pidOf('a'), a)
})

test('permanent always, transient unless its end was normal or a shutdown, temporary never', async () => {
  const kinds = {
    permanent: { restart: 'permanent' },
    transient: { restart: 'transient' },
    temporary: { restart: 'temporary' },
  } as const
  const { after, which } = setupSupervisor({ restarts: 10 }, kinds)
  assert.equal(
    [await after('permanent'), await after('permanent', 'stop')],
    [['+permanent'], ['-permanent', '+permanent']],
  )
  assert.equal([await after('transient'), await after('temporary')], [['+transient'], []])
  assert.equal(await after('transient', 'stop'), ['-transient'])
  assert.equal(
    (await which()).map(({ pid }) => pid !== undefined),
    [true, false, false],
  )
})

test('a temporary child goes down with the others and does not come back', async () => {
  const { after } = setupSupervisor({ strategy: 'one_for_all' }, { a: {}, b: { restart: 'temporary' }, c: {} })
  assert.equal(await after('c'), ['-b', '-a', '+a', '+c'])
})

test('too many restarts within the time, of all children together, and it ends them and itself with shutdown', async () => {
  const { system, pid, bus, clock, log, after } = setupSupervisor({ restarts: 2, withinMs: 5_000 })
  const { events } = captureEvents(bus, ['actor.supervisor.intensity_exceeded'])
  system.monitor(pid, ({ reason }) => log.push(reason))
  await after('a')
  clock.advance(4_999)
  await after('b')
  clock.advance(1)
  // The first one is five seconds ago: it counts no more.
  assert.equal(await after('c'), ['+c'])
  assert.ok(system.isAlive(pid))
  assert.equal(await after('a'), ['-c', '-b', 'shutdown'])
  assert.equal(
    events.map(({ measurements }) => measurements),
    [{ restarts: 3, window: 5e9 }],
  )
  assert.equal(system.processes(), [])
})

test('a child that fails to start again is tried as often as is allowed, and not more', async () => {
  let starts = 0
  const flaky: Partial<ChildSpec> = {
    start: () => ({
      started() {
        if (++starts > 1) throw new Error('not again')
      },
      receive() {
        throw new Error('crash')
      },
    }),
  }
  const { system, pid, log } = setupSupervisor({}, { a: {}, flaky })
  await system.idle()
  system.monitor(pid, ({ reason }) => log.push(reason))
  const [, child] = (await system.call(pid, 'which_children')) as { pid: Pid }[]
  if (child !== undefined) system.trySend(child.pid, 'x')
  await system.idle()
  assert.is(starts, 4)
  assert.equal(log, ['+a', '-a', 'shutdown'])
})

test('when a child cannot be started at first, those before it are ended and the supervisor has failed', async () => {
  const broken: Partial<ChildSpec> = {
    start: () => {
      throw new Error('no')
    },
  }
  const { system, pid, log } = setupSupervisor({}, { a: {}, broken, c: {} })
  system.monitor(pid, ({ reason }) => log.push(String(Object.values(reason)[0])))
  await system.idle()
  assert.equal(log, ['+a', '-a', "Error: child 'broken' could not be started"])
})

test('supervisors of supervisors: what one gives up, the one above starts again', async () => {
  const { system, log } = setupActors()
  const child = (id: string, restarts: number): ChildSpec => ({
    id,
    start: () =>
      supervisor({
        restarts,
        children: [
          {
            id: `${id} worker`,
            options: { name: `${id} worker` },
            start: () => ({
              started: () => void log.push(`+${id}`),
              receive() {
                throw new Error('x')
              },
            }),
          },
        ],
      }),
  })
  const root = system.spawn(supervisor({ children: [child('one', 0), child('two', 3)] }))
  await system.idle()
  assert.equal(log.splice(0), ['+one', '+two'])
  system.trySend('one worker', 'x')
  await system.idle()
  assert.equal(log.splice(0), ['+one'])
  system.trySend('two worker', 'x')
  await system.idle()
  assert.equal(log.splice(0), ['+two'])
  system.exit(root, 'shutdown')
  await system.idle()
  assert.equal(system.processes(), [])
})

test('a supervisor that is killed takes its children along, and one whose parent ends does too', async () => {
  const { system, pid } = setupSupervisor()
  await system.idle()
  system.exit(pid, 'kill')
  await system.idle()
  assert.equal(system.processes(), [])

  const other = setupSupervisor()
  await other.system.idle()
  const parent = other.system.spawn(() => {})
  other.system.link(parent, other.pid)
  other.system.exit(parent, { custom: 'gone' })
  await other.system.idle()
  assert.equal(other.system.processes(), [])
})

test('before a restart it waits, twice as long each time', async () => {
  const { system, clock, log, pidOf } = setupSupervisor({ backoffMs: 100, restarts: 5, withinMs: 60_000 }, { a: {} })
  for (const wait of [100, 200, 400]) {
    await system.idle()
    log.length = 0
    system.trySend(await pidOf('a'), 'crash')
    await turns()
    clock.advance(wait - 1)
    await turns()
    assert.equal(log, [], `before ${wait} ms`)
    clock.advance(1)
    await system.idle()
    assert.equal(log, ['+a'])
  }
})

test('restarts are told of, with the child, the reason and how many there were', async () => {
  const { bus, after } = setupSupervisor()
  const { events } = captureEvents(bus, ['actor.supervisor.restart.*'])
  await after('b')
  assert.equal(
    events.map(({ event, measurements, metadata }) => [
      event.split('.').at(-1),
      measurements.restarts,
      metadata.child,
      metadata.strategy,
      metadata.exit_reason,
    ]),
    [
      ['start', 1, 'b', 'one_for_one', 'panic'],
      ['stop', undefined, 'b', 'one_for_one', 'panic'],
    ],
  )
})

test.run()
