import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { ActorContext } from '../../src/actor/actor.ts'
import type { Pid } from '../../src/actor/pid.ts'
import { supervisor } from '../../src/actor/supervisor.ts'
import type { ChildSpec } from '../../src/actor/supervisor-options.ts'
import { suite } from '../harness/suite.ts'
import { type ActorSetup, setupActors } from './set-up.ts'
import { Model, type Node, type Plan, WITHIN_MS } from './supervisor-tree-model.ts'

const test = suite('actor/supervisor-tree-model', { limitMs: 300_000 })
/** R7 in full, by hand: SONDE_ACTOR_RUNS=5000. */
const RUNS = Number(process.env.SONDE_ACTOR_RUNS ?? 2_000)
const SEED = Number(process.env.SONDE_SEED ?? Date.now() % 1_000_000)

/** The same tree of real actors; its workers write the log that the model predicts. */
interface Real extends ActorSetup {
  readonly running: Map<string, Pid>
  /** How many of the next starts of a worker fail. */
  readonly toFail: Map<string, number>
}

function grow({ root }: Model): Real {
  const setup = setupActors()
  const running = new Map<string, Pid>()
  const toFail = new Map<string, number>()

  const supervisorOf = ({ path, plan: { strategy, restarts }, children }: Node) => {
    const actor = supervisor({ strategy, restarts, withinMs: WITHIN_MS, children: children.map(specOf) })
    const started = actor.started?.bind(actor)
    actor.started = (ctx) => {
      running.set(path, ctx.self)
      return started?.(ctx)
    }
    return actor
  }
  const specOf = (node: Node): ChildSpec => ({
    id: node.path,
    restart: node.plan.restart,
    start: () => (node.children.length > 0 ? supervisorOf(node) : workerOf(node)),
  })
  const workerOf = ({ path }: Node) => ({
    started(ctx: ActorContext) {
      running.set(path, ctx.self)
      const failures = toFail.get(path) ?? 0
      toFail.set(path, Math.max(0, failures - 1))
      setup.log.push(failures > 0 ? `!${path}` : `+${path}`)
      if (failures > 0) throw new Error('as it was told to')
    },
    receive: (_message: unknown, ctx: ActorContext) => ctx.stop(),
    stopped: () => void setup.log.push(`-${path}`),
  })

  setup.system.spawn(supervisorOf(root))
  return { ...setup, running, toFail }
}

interface Command extends fc.AsyncCommand<Model, Real> {
  toString(): string
}

/** Something that is done to both, of which both must say the same; `isUnordered`: but not in which order actors end. */
function command(
  name: string,
  {
    check = () => true,
    act,
    isUnordered = false,
  }: {
    readonly check?: (model: Readonly<Model>) => boolean
    readonly act: (model: Model, real: Real) => void
    readonly isUnordered?: boolean
  },
): Command {
  return {
    check,
    async run(model, real) {
      act(model, real)
      await compare(model, real, isUnordered)
    },
    toString: () => name,
  }
}

async function compare(model: Model, { system, log, running }: Real, isUnordered: boolean): Promise<void> {
  await system.idle()
  const ends = (all: readonly string[]) => all.filter((line) => line.startsWith('-')).sort()
  const others = (all: readonly string[]) => all.filter((line) => !line.startsWith('-'))
  const shown = (all: readonly string[]) => (isUnordered ? [...ends(all), ...others(all)] : all)
  assert.equal(shown(log.splice(0).map(String)), shown(model.log.splice(0)))
  assert.is(system.processes().length, model.count())
  for (const node of [model.root, ...model.supervisors, ...model.workers]) {
    const pid = running.get(node.path)
    assert.is(pid !== undefined && system.isAlive(pid), node.isAlive, node.path)
  }
}

const index = fc.nat({ max: 100 })
const commands = [
  fc
    .record({ which: index, how: fc.constantFrom('crash', 'kill', 'normal', 'shutdown'), together: fc.boolean() })
    .map(({ which, how, together }) =>
      command(`end worker ${which} by ${how}${together ? ' with its siblings' : ''}`, {
        check: ({ living }) => living.length > 0,
        act(model, { system, running }) {
          const first = at(model.living, which)
          const nodes = model.living.filter((node) => node === first || (together && node.parent === first.parent))
          for (const { path } of nodes) {
            const pid = running.get(path)
            if (pid === undefined) throw new Error(`${path} has never run`)
            if (how === 'normal') system.trySend(pid, 'stop')
            else system.exit(pid, how === 'crash' ? { panic: 'crash' } : how)
          }
          model.end(nodes, how)
        },
      }),
    ),
  index.map((which) =>
    command(`kill supervisor ${which}`, {
      check: ({ supervisors }) => supervisors.length > 0,
      act(model, { system, running }) {
        const node = at(model.supervisors, which)
        const pid = running.get(node.path)
        if (pid !== undefined) system.exit(pid, 'kill')
        model.kill(node)
      },
      isUnordered: true,
    }),
  ),
  fc.record({ which: index, times: fc.integer({ min: 1, max: 6 }) }).map(({ which, times }) =>
    command(`the next ${times} starts of worker ${which} fail`, {
      check: ({ workers }) => workers.length > 0,
      act({ workers }, { toFail }) {
        const node = at(workers, which)
        node.toFail = times
        toFail.set(node.path, times)
      },
    }),
  ),
  fc.constantFrom(1, WITHIN_MS - 1, WITHIN_MS, 10 * WITHIN_MS).map((ms) =>
    command(`${ms} ms later`, {
      act(model, { clock }) {
        model.now += ms
        clock.advance(ms)
      },
    }),
  ),
]

function at<T>(all: readonly T[], index: number): T {
  const one = all[index % all.length]
  if (one === undefined) throw new Error('there is none')
  return one
}

function plans(depth: number): fc.Arbitrary<Plan> {
  return fc.record({
    restart: fc.constantFrom('permanent', 'transient', 'temporary'),
    strategy: fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one'),
    restarts: fc.integer({ min: 0, max: 5 }),
    children:
      depth === 0 ? fc.constant([]) : fc.array(plans(depth - 1), { minLength: depth === 3 ? 1 : 0, maxLength: 3 }),
  })
}

test(`${RUNS} trees of supervisors do what their model does (seed ${SEED})`, async () => {
  let done = 0
  await fc.assert(
    fc.asyncProperty(plans(3), fc.commands(commands, { maxCommands: 20, size: 'max' }), async (plan, all) => {
      await fc.asyncModelRun(async () => {
        const model = new Model(plan)
        const real = grow(model)
        await compare(model, real, false)
        return { model, real }
      }, all)
      done++
    }),
    { numRuns: RUNS, seed: SEED },
  )
  assert.is(done, RUNS)
})

test.run()
