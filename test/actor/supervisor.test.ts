import * as assert from 'uvu/assert'
import type { Pid } from '../../src/actor/pid.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import type { ChildSpec, SupervisorOptions } from '../../src/actor/supervisor-options.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { setupActors, turn } from './set-up.ts'

const test = suite('actor/supervisor', { limitMs: 30_000 })

/** A supervisor of children that write down when they start and end; `crash` and `stop` are messages. */
function setUp(
  options: Omit<SupervisorOptions, 'children'> = {},
  children: Readonly<Record<string, Partial<ChildSpec>>> = { a: {}, b: {}, c: {} },
) {
  const setup = setupActors()
  const { system, log } = setup
  const specs = Object.entries(children).map(
    ([id, more]): ChildSpec => ({
      id,
      start: () => ({
        started: () => void log.push(`+${id}`),
        receive(message, ctx) {
          if (message === 'crash') throw new Error(`${id} has crashed`)
          ctx.stop()
        },
        stopped: () => void log.push(`-${id}`),
      }),
      ...more,
    }),
  )
  const pid = system.spawn(supervisor({ ...options, children: specs }))
  const which = async () =>
    (await system.call(pid, 'which_children')) as readonly { readonly id: string; readonly pid: Pid | undefined }[]
  const pidOf = async (id: string) => {
    const child = (await which()).find((one) => one.id === id)?.pid
    if (child === undefined) throw new Error(`${id} does not run`)
    return child
  }
  return {
    ...setup,
    pid,
    which,
    pidOf,
    /** Makes a child crash, or end, and gives what happened then. */
    async after(id: string, message = 'crash') {
      await system.idle()
      log.length = 0
      const before = await pidOf(id)
      system.trySend(before, message)
      await system.idle()
      assert.not.ok(system.isAlive(before))
      return log.splice(0)
    },
  }
}

/** Enough for everything that waits for nothing but its turn. */
async function turns(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn()
}

test('children are started in order and ended in the reverse, and the supervisor ends after them', async () => {
  const { system, pid, log } = setUp()
  await system.idle()
  assert.equal(log.splice(0), ['+a', '+b', '+c'])
  system.monitor(pid, ({ reason }) => log.push(reason))
  system.exit(pid, 'shutdown')
  await system.idle()
  assert.equal(log, ['-c', '-b', '-a', 'shutdown'])
  assert.equal(system.processes(), [])
})

test('one_for_one: it alone is started again', async () => {
  const { after, which } = setUp()
  assert.equal(await after('b'), ['+b'])
  assert.equal(
    (await which()).map(({ id }) => id),
    ['a', 'b', 'c'],
  )
})

test('one_for_all: all others are ended first, the last one first, and then all are started in order', async () => {
  const { system, after, which } = setUp({ strategy: 'one_for_all' })
  await system.idle()
  const before = (await which()).map(({ pid }) => pid)
  assert.equal(await after('b'), ['-c', '-a', '+a', '+b', '+c'])
  assert.not.ok((await which()).some(({ pid }) => before.includes(pid)))
  assert.is(system.processes().length, 4)
})

test('rest_for_one: those that were started after it go with it', async () => {
  const { system, pidOf, after } = setUp({ strategy: 'rest_for_one' })
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
  const { system, after, which } = setUp({ restarts: 10 }, kinds)
  assert.equal(
    [await after('permanent'), await after('permanent', 'stop')],
    [['+permanent'], ['-permanent', '+permanent']],
  )
  assert.equal([await after('transient'), await after('temporary')], [['+transient'], []])
  assert.equal(await after('transient', 'stop'), ['-transient'])
  assert.equal(
    (await which()).map(({ pid }) => pid !== undefined && system.isAlive(pid)),
    [true, false, false],
  )
})

test('a temporary child goes down with the others and does not come back', async () => {
  const { after } = setUp({ strategy: 'one_for_all' }, { a: {}, b: { restart: 'temporary' }, c: {} })
  assert.equal(await after('c'), ['-b', '-a', '+a', '+c'])
})

test('too many restarts within the time, of all children together, and it ends them and itself with shutdown', async () => {
  const { system, pid, bus, clock, log, after } = setUp({ restarts: 2, withinMs: 5_000 })
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
  const { system, pid, log } = setUp({}, { a: {}, flaky })
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
  const { system, pid, log } = setUp({}, { a: {}, broken, c: {} })
  system.monitor(pid, ({ reason }) => log.push(String(Object.values(reason)[0])))
  await system.idle()
  assert.equal(log, ['+a', '-a', "Error: child 'broken' could not be started"])
})

test('a child that does not end in time is killed, and one that is to be killed has no time', async () => {
  const never = () => new Promise<void>(() => {})
  const stubborn = { receive() {}, stopped: never }
  const { system, clock, pid, log } = setUp(
    {},
    {
      slow: { start: () => stubborn, shutdownMs: 1_000 },
      now: { start: () => stubborn, shutdownMs: 'kill' },
      trapping: { start: () => ({ receive() {} }), options: { trapExit: true }, shutdownMs: 500 },
    },
  )
  await system.idle()
  system.monitor(pid, () => log.push('over'))
  const ended: string[] = []
  for (const { id, pid: child } of (await system.call(pid, 'which_children')) as { id: string; pid: Pid }[])
    system.monitor(child, ({ reason }) => ended.push(`${id} ${String(reason)}`))
  system.exit(pid, 'shutdown')
  await turns()
  assert.equal(ended, [])
  clock.advance(500)
  await turns()
  assert.equal(ended, ['trapping killed', 'now killed'])
  clock.advance(1_000)
  await system.idle()
  assert.equal([ended.at(-1), log], ['slow killed', ['over']])
  assert.is(clock.pending, 0)
})

test('a child that is never ready does not keep its supervisor from ending', async () => {
  let starts = 0
  const { system, pid, log } = setUp(
    {},
    {
      a: {
        start: () => ({
          started: () => (++starts > 1 ? new Promise<void>(() => {}) : undefined),
          receive() {
            throw new Error('x')
          },
        }),
      },
    },
  )
  await system.idle()
  const [child] = (await system.call(pid, 'which_children')) as { pid: Pid }[]
  if (child !== undefined) system.trySend(child.pid, 'x')
  await turns()
  system.monitor(pid, ({ reason }) => log.push(reason))
  system.exit(pid, 'shutdown')
  await system.idle()
  assert.equal(log, ['shutdown'])
  assert.equal(system.processes(), [])
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
  const { system, pid } = setUp()
  await system.idle()
  system.exit(pid, 'kill')
  await system.idle()
  assert.equal(system.processes(), [])

  const other = setUp()
  await other.system.idle()
  const parent = other.system.spawn(() => {})
  other.system.link(parent, other.pid)
  other.system.exit(parent, { custom: 'gone' })
  await other.system.idle()
  assert.equal(other.system.processes(), [])
})

test('before a restart it waits, twice as long each time', async () => {
  const { system, clock, log, pidOf } = setUp({ backoffMs: 100, restarts: 5, withinMs: 60_000 }, { a: {} })
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
  const { bus, after } = setUp()
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

test('what is no supervisor is refused', () => {
  const child = { id: 'a', start: () => () => {} }
  const rows: readonly (readonly [options: object, problem: RegExp])[] = [
    [{}, /'children' must be a list/],
    [{ children: [null] }, /'id' each/],
    [{ children: [{ id: 'a' }] }, /child 'a' must have a function 'start'/],
    [{ children: [child, child] }, /'id' of its own/],
    [{ children: [{ ...child, restart: 'sometimes' }] }, /'restart' of child 'a'/],
    [{ children: [{ ...child, shutdownMs: -1 }] }, /'shutdownMs' of child 'a'/],
    [{ children: [], strategy: 'all' }, /'strategy' must be one of/],
    [{ children: [], restarts: -1 }, /'restarts'/],
    [{ children: [], withinMs: 0 }, /'withinMs'/],
    [{ children: [], backoffMs: Number.NaN }, /'backoffMs'/],
  ]
  // The cast: what is wrong with them may be their type.
  for (const [options, problem] of rows) assert.throws(() => supervisor(options as SupervisorOptions), problem)
})

test.run()
