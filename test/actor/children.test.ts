import * as assert from 'uvu/assert'
import type { Pid } from '../../src/actor/pid.ts'
import { suite } from '../harness/suite.ts'
import { OWN_TIMERS } from './set-up.ts'
import { setupSupervisor, turns } from './supervisor-setup.ts'

const test = suite('actor/children', { limitMs: 30_000 })

test('a child that does not end in time is killed, and one that is to be killed has no time', async () => {
  const never = () => new Promise<void>(() => {})
  const stubborn = { receive() {}, stopped: never }
  const { system, clock, pid, log } = setupSupervisor(
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
  assert.is(clock.pending, OWN_TIMERS)
})

test('a child that is never ready does not keep its supervisor from ending', async () => {
  let starts = 0
  const { system, pid, log } = setupSupervisor(
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

test.run()
