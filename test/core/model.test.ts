import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import { suite } from '../harness/suite.ts'

const test = suite('core/model', { limitMs: 120_000 })
const RUNS = Number(globalThis.process?.env['MODEL_RUNS'] ?? 1_000)

const ids = ['h0', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7']
const names = ['a', 'b', 'a.b', 'a.c']
const patterns = ['a', 'b', 'a.b', 'a.*', '*', '**', 'a.**', '*.c']

/** What each pattern above matches, spelled out. */
const matched: { readonly [pattern: string]: readonly string[] } = {
  a: ['a'],
  b: ['b'],
  'a.b': ['a.b'],
  'a.*': ['a.b', 'a.c'],
  '*': ['a', 'b'],
  '**': names,
  'a.**': ['a.b', 'a.c'],
  '*.c': ['a.c'],
}

/** Something done to the bus from outside, or by a handler in the middle of an emit. */
type Action =
  | { readonly kind: 'attach'; readonly id: string; readonly patterns: readonly string[] }
  | { readonly kind: 'detach'; readonly id: string }
  | { readonly kind: 'reattach'; readonly id: string }
  | { readonly kind: 'emit'; readonly name: string }

/** One attachment, in the order of the Map that holds it. */
interface Entry {
  readonly patterns: readonly string[]
}

/** What handlers do when they are called: the n-th call of an outermost emit does `script[n]`. */
type Script = readonly (readonly Action[])[]

/** The contract, by the book: a Map in the order of attachment, copied at every emit. */
class Model {
  readonly attached = new Map<string, Entry>()
  calls: string[] = []
  /** Emits that somebody listened to, and handler calls, since the beginning. */
  executed = 0
  dispatched = 0
  #script: Script = []

  run(action: Action, script: Script): void {
    this.calls = []
    this.#script = script
    this.#perform(action)
  }

  #perform(action: Action): void {
    if (action.kind === 'emit') this.#emit(action.name)
    if (action.kind === 'attach' && !this.attached.has(action.id)) this.attached.set(action.id, action)
    if (action.kind === 'detach') this.attached.delete(action.id)
    if (action.kind === 'reattach') this.#reattach(action.id)
  }

  #reattach(id: string): void {
    const entry = this.attached.get(id)
    if (entry === undefined) return
    this.attached.delete(id)
    this.attached.set(id, { patterns: entry.patterns })
  }

  #emit(name: string): void {
    const listening = [...this.attached].filter(([, entry]) =>
      entry.patterns.some((one) => matched[one]?.includes(name)),
    )
    if (listening.length > 0) this.executed++
    for (const [id, entry] of listening) {
      if (this.attached.get(id) !== entry) continue
      this.calls.push(`${id} ${name}`)
      this.dispatched++
      for (const action of this.#script[this.calls.length - 1] ?? []) this.#perform(action)
    }
  }
}

/** The same actions on a real bus. */
class Real {
  readonly bus: Bus = createBus()
  readonly points = new Map(names.map((name) => [name, this.bus.event(name)]))
  readonly #patterns = new Map<string, readonly string[]>()
  calls: string[] = []
  #script: Script = []
  #emits = 0

  run(action: Action, script: Script): void {
    this.calls = []
    this.#script = script
    this.#perform(action)
  }

  #perform(action: Action): void {
    if (action.kind === 'emit') this.#emit(action.name)
    if (action.kind === 'attach') this.#attach(action.id, action.patterns)
    if (action.kind === 'detach') this.bus.detach(action.id)
    if (action.kind === 'reattach' && this.bus.detach(action.id)) {
      this.#attach(action.id, this.#patterns.get(action.id) ?? [])
    }
  }

  #attach(id: string, list: readonly string[]): void {
    if (this.bus.listHandlers().some((row) => row.id === id)) return
    this.#patterns.set(id, list)
    this.bus.attachMany(id, list, (name) => {
      this.calls.push(`${id} ${name}`)
      for (const action of this.#script[this.calls.length - 1] ?? []) this.#perform(action)
    })
  }

  /** Through each door in turn. */
  #emit(name: string): void {
    const door = this.#emits++ % 3
    if (door === 0) this.bus.execute(name, {})
    if (door === 1) this.points.get(name)?.execute({})
    if (door === 2) this.points.get(name)?.executeLazy(() => [{}])
  }
}

class Step implements fc.Command<Model, Real> {
  readonly action: Action
  readonly script: Script

  constructor(action: Action, script: Script) {
    this.action = action
    this.script = script
  }

  check(): boolean {
    return true
  }

  run(model: Model, real: Real): void {
    model.run(this.action, this.script)
    real.run(this.action, this.script)
    assert.equal(real.calls, model.calls)
    const { handlers, executed, dispatched } = real.bus.stats()
    assert.is(handlers, model.attached.size)
    assert.is(executed, model.executed)
    assert.is(dispatched, model.dispatched)
    for (const [name, point] of real.points) {
      const heard = [...model.attached.values()].some((entry) =>
        entry.patterns.some((one) => matched[one]?.includes(name)),
      )
      assert.is(point.enabled, heard, `enabled of ${name}`)
    }
  }

  toString(): string {
    return `${JSON.stringify(this.action)} with ${JSON.stringify(this.script)}`
  }
}

const id = fc.constantFrom(...ids)
const change: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant('attach' as const),
    id,
    patterns: fc.uniqueArray(fc.constantFrom(...patterns), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('detach' as const), id }),
  fc.record({ kind: fc.constant('reattach' as const), id }),
)
const emit: fc.Arbitrary<Action> = fc.record({ kind: fc.constant('emit' as const), name: fc.constantFrom(...names) })
/** Only the first calls act, so that emits from inside cannot nest without end. */
const script: fc.Arbitrary<Script> = fc.array(
  fc.array(fc.oneof({ weight: 4, arbitrary: change }, emit), { maxLength: 5 }),
  {
    maxLength: 4,
  },
)

test(`dispatch is what a Map in the order of attachment would do, in ${RUNS} histories of attaching, detaching and emitting`, () => {
  const steps = fc.commands(
    [
      change.map((action) => new Step(action, [])),
      emit.map((action) => new Step(action, [])),
      fc.tuple(emit, script).map(([action, during]) => new Step(action, during)),
    ],
    { maxCommands: 40, size: 'max' },
  )

  fc.assert(
    fc.property(steps, (commands) => {
      let real: Real | undefined
      fc.modelRun(() => {
        real = new Real()
        return { model: new Model(), real }
      }, commands)
      assert.is(real?.bus.stats().failures, 0)
      assert.is(real?.bus.stats().dropped, 0)
    }),
    { numRuns: RUNS },
  )
})

test.run()
