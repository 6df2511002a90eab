import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { ExitReason } from '../../src/actor/exit-reason.ts'
import type { Strategy } from '../../src/actor/supervisor-options.ts'
import { suite } from '../harness/suite.ts'
import { setupSupervisor } from './supervisor-setup.ts'

/** A supervisor beside a model of it that says who ends, in which order, who is started again, and when it is too much. */
const test = suite('actor/supervisor-model', { limitMs: 60_000 })

const RUNS = Number(process.env.SONDE_SUPERVISOR_RUNS ?? 600)
const LIMIT = 3
const WITHIN_MS = 1_000

type Kind = 'permanent' | 'transient' | 'temporary'
type Step = { readonly child: number; readonly reason: ExitReason } | { readonly passMs: number }

interface Modelled {
  readonly kinds: readonly Kind[]
  readonly strategy: Strategy
  readonly alive: boolean[]
  readonly restartedAt: number[]
  isOver: boolean
}

/** What happens when a child ends, as the log of the children has it; `now` in milliseconds. */
function ends(model: Modelled, { child, reason, now }: { child: number; reason: ExitReason; now: number }): string[] {
  const { kinds, strategy, alive, restartedAt } = model
  const log: string[] = []
  const name = (i: number) => `${'abcd'[i]}`
  const stop = (i: number) => {
    if (alive[i]) log.push(`-${name(i)}`)
    alive[i] = false
  }
  // A kill asks nobody.
  if (reason !== 'kill') log.push(`-${name(child)}`)
  alive[child] = false
  const isExpected = reason === 'shutdown' || (typeof reason === 'object' && 'shutdown' in reason)
  if (kinds[child] === 'temporary' || (kinds[child] === 'transient' && isExpected)) return log
  restartedAt.push(now)
  const all = kinds.map((_, i) => i)
  if (restartedAt.filter((at) => at > now - WITHIN_MS).length > LIMIT) {
    for (const i of all.reverse()) stop(i)
    model.isOver = true
    return log
  }
  const affected = strategy === 'one_for_one' ? [child] : strategy === 'one_for_all' ? all : all.slice(child)
  for (const i of [...affected].reverse()) stop(i)
  for (const i of affected) {
    if (i !== child && kinds[i] === 'temporary') continue
    alive[i] = true
    log.push(`+${name(i)}`)
  }
  return log
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        child: fc.nat(3),
        reason: fc.constantFrom<ExitReason>('kill', 'shutdown', { shutdown: 1 }, { custom: 1 }, 'killed'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ passMs: fc.integer({ min: 1, max: 800 }) }) },
  ),
  { maxLength: 12 },
)

test('whoever is ended, when and why: it does what the model does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Kind>('permanent', 'transient', 'temporary'), { minLength: 1, maxLength: 4 }),
      fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one'),
      steps,
      async (kinds, strategy, todo: readonly Step[]) => {
        const children = Object.fromEntries(kinds.map((restart, i) => [`${'abcd'[i]}`, { restart }]))
        const { system, clock, log, which, pid } = setupSupervisor(
          { strategy, restarts: LIMIT, withinMs: WITHIN_MS },
          children,
        )
        const model: Modelled = { kinds, strategy, alive: kinds.map(() => true), restartedAt: [], isOver: false }
        await system.idle()
        let now = 0
        for (const step of todo) {
          if ('passMs' in step) {
            now += step.passMs
            clock.advance(step.passMs)
            continue
          }
          const { child, reason } = step
          if (model.isOver || child >= kinds.length || !model.alive[child]) continue
          const running = await which()
          const victim = running[child]?.pid
          assert.ok(victim, `${child} runs`)
          log.length = 0
          if (victim !== undefined) system.exit(victim, reason)
          await system.idle()
          assert.equal(log, ends(model, { child, reason, now }))
          assert.is(system.isAlive(pid), !model.isOver)
          if (victim !== undefined) assert.not(system.isAlive(victim), 'the old one is gone')
          if (!model.isOver)
            assert.equal(
              (await which()).map((one) => one.pid !== undefined),
              model.alive,
            )
        }
        assert.is(system.processes().length, model.isOver ? 0 : 1 + model.alive.filter(Boolean).length)
      },
    ),
    { numRuns: RUNS },
  )
})

test.run()
