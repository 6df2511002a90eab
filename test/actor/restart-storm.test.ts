import * as assert from 'uvu/assert'
import type { Actor } from '../../src/actor/actor.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import type { ChildSpec } from '../../src/actor/supervisor-options.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { OWN_TIMERS, setupActors } from './set-up.ts'
import { setupSupervisor, turns } from './supervisor-setup.ts'

const test = suite('actor/restart-storm', { limitMs: 30_000 })

/** A child that starts well once and then fails for ever, in the way that is asked for. */
function failing(how: 'started throws' | 'started rejects' | 'start throws' | 'it hangs') {
  let starts = 0
  const fails = (): void | Promise<void> => {
    if (++starts === 1) return
    if (how === 'it hangs') return new Promise(() => {})
    if (how === 'started rejects') return Promise.reject(new Error('not again'))
    throw new Error('not again')
  }
  const receive = () => {
    throw new Error('crash')
  }
  const start = (): Actor => {
    if (how === 'start throws') void fails()
    return { receive, started: how === 'start throws' ? () => {} : fails }
  }
  return { spec: { start, options: { name: 'failing' } }, starts: () => starts }
}

for (const how of ['started throws', 'started rejects', 'start throws'] as const) {
  test(`${how}, for ever: it is tried as often as is allowed, and then the supervisor gives up`, async () => {
    for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
      const { spec, starts } = failing(how)
      const { system, pid, log } = setupSupervisor({ restarts: 7, strategy }, { a: {}, failing: spec, c: {} })
      await system.idle()
      system.monitor(pid, ({ reason }) => log.push(reason))
      system.trySend('failing', 'x')
      await system.idle()
      assert.equal([starts() - 1, log.at(-1), system.processes()], [7, 'shutdown', []], strategy)
    }
  })

  test(`${how}, without end: the event loop goes on, and the supervisor ends when it is to`, async () => {
    const { spec, starts } = failing(how)
    const { system, pid, clock, log } = setupSupervisor({ restarts: 1e9 }, { failing: spec })
    await system.idle()
    system.monitor(pid, ({ reason }) => log.push(reason))
    system.trySend('failing', 'x')
    await turns()
    assert.ok(starts() > 1)
    system.exit(pid, 'shutdown')
    await turns()
    assert.equal([log, system.processes(), clock.pending], [['shutdown'], [], OWN_TIMERS])
  })
}

test('a supervisor that is to end while it waits with a restart ends at once, and starts nothing any more', async () => {
  const ends = {
    exit: (system, pid) => system.exit(pid, 'shutdown'),
    stop: (system, pid) => system.stop(pid, 'shutdown'),
    both: (system, pid) => {
      system.stop(pid, 'shutdown')
      system.exit(pid, 'shutdown')
    },
    shutdown: (system) => void system.shutdown(1_000),
  } satisfies Record<
    string,
    (system: ReturnType<typeof setupActors>['system'], pid: Parameters<typeof system.exit>[0]) => void
  >
  for (const [how, end] of Object.entries(ends)) {
    const { spec, starts } = failing('started throws')
    const setup = setupSupervisor({ restarts: 100, backoffMs: 1_000, withinMs: 1e6 }, { failing: spec, b: {} })
    const { system, bus, pid, clock, log } = setup
    const { events } = captureEvents(bus, 'actor.supervisor.restart.start')
    await system.idle()
    system.monitor(pid, ({ reason }) => log.push(reason))
    system.trySend('failing', 'x')
    await turns()
    clock.advance(1_000)
    await turns()
    assert.equal([starts(), events.length], [2, 1])
    end(system, pid)
    await turns()
    assert.equal([starts(), events.length, log], [2, 1, ['+b', '-b', 'shutdown']], how)
    assert.equal([system.processes(), clock.pending], [[], how === 'shutdown' ? 0 : OWN_TIMERS], how)
  }
})

test('a supervisor that waits for a child that hangs ends within its own time, whoever ends it', async () => {
  const { spec } = failing('it hangs')
  const { system, log } = setupActors()
  const below = supervisor({ children: [{ id: 'failing', ...spec }] })
  const top = system.spawn(supervisor({ children: [{ id: 'below', start: () => below, shutdownMs: 500 }] }))
  await system.idle()
  system.trySend('failing', 'x')
  await turns()
  system.monitor(top, ({ reason }) => log.push(reason))
  system.exit(top, 'shutdown')
  await turns()
  assert.equal([log, system.processes()], [['shutdown'], []])
})

test('one that is to end while it starts its children starts no more, and takes those along that it has', async () => {
  const { system, log } = setupActors()
  const child = (id: string, more: Partial<Actor> = {}): ChildSpec => ({
    id,
    options: { trapExit: id === 'a' },
    start: () => ({
      receive: () => {},
      stopped: () => void log.push(`-${id}`),
      signal: (_signal, ctx) => ctx.stop(),
      ...more,
      started: (ctx) => {
        log.push(`+${id}`)
        return more.started?.(ctx)
      },
    }),
  })
  const children = [child('a'), child('b', { started: () => new Promise(() => {}) }), child('c')]
  const pid = system.spawn(supervisor({ children }))
  await turns()
  system.monitor(pid, ({ reason }) => log.push(reason))
  assert.equal(log.splice(0), ['+a', '+b'])
  system.exit(pid, 'shutdown')
  await turns()
  assert.equal([log, system.processes()], [['-a', 'shutdown'], []])
})

test('a supervisor that is killed while it starts its children does the same', async () => {
  const { system, clock, log } = setupActors()
  const worker = (id: string, started: () => void | Promise<void>): ChildSpec => ({
    id,
    options: { trapExit: true },
    start: () => ({ receive: () => {}, started }),
    shutdownMs: 1_000,
  })
  const children = [worker('a', () => new Promise(() => {})), worker('b', () => void log.push('+b'))]
  const pid = system.spawn(supervisor({ children }))
  await turns()
  system.exit(pid, 'kill')
  await turns()
  clock.advance(1_000)
  await turns()
  assert.equal([log, system.processes()], [[], []])
})

test('restarts leave nothing at the supervisor', async () => {
  const { system, clock, pid } = setupSupervisor({ restarts: 1e6, backoffMs: 1 }, { a: { options: { name: 'a' } } })
  const listeners: unknown[] = []
  const { addEventListener, removeEventListener } = AbortSignal.prototype
  AbortSignal.prototype.addEventListener = function (...args: Parameters<typeof addEventListener>) {
    listeners.push(args[1])
    return addEventListener.apply(this, args)
  }
  AbortSignal.prototype.removeEventListener = function (...args: Parameters<typeof removeEventListener>) {
    listeners.splice(listeners.indexOf(args[1]), 1)
    return removeEventListener.apply(this, args)
  }
  for (let i = 0; i < 10; i++) {
    system.trySend('a', 'crash')
    await turns()
    clock.advance(60_000)
    await turns()
  }
  Object.assign(AbortSignal.prototype, { addEventListener, removeEventListener })
  assert.ok(system.isAlive(pid) && system.whereis('a') !== undefined)
  assert.is(listeners.length, 1)
})

test.run()
