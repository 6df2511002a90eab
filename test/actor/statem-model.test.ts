import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { genStatem } from '../../src/actor/statem.ts'
import { suite } from '../harness/suite.ts'
import { setupActors } from './set-up.ts'

/** A machine beside a model of it: what it is asked and in which order, with postponed events and time-outs of states. */
const test = suite('actor/statem-model', { limitMs: 60_000 })

const RUNS = Number(process.env.SONDE_STATEM_RUNS ?? 500)
const STATES = ['a', 'b', 'c'] as const
const EVENTS = ['x', 'y', 'z'] as const

interface Rules {
  /** Where each event leads, by state; nowhere where there is nothing. */
  readonly table: { readonly [state: string]: { readonly [event: string]: string } }
  /** `a x`: this event is postponed in this state. */
  readonly postponed: ReadonlySet<string>
  readonly timeouts: { readonly [state: string]: { readonly afterMs: number; readonly event: string } }
}

const rules: fc.Arbitrary<Rules> = fc.record({
  table: fc
    .tuple(...STATES.map(() => fc.dictionary(fc.constantFrom(...EVENTS), fc.constantFrom(...STATES))))
    .map((rows) => Object.fromEntries(STATES.map((state, i) => [state, { ...rows[i] }]))),
  postponed: fc
    .array(fc.tuple(fc.constantFrom(...STATES), fc.constantFrom(...EVENTS)), { maxLength: 4 })
    .map((pairs) => new Set(pairs.map(([state, event]) => `${state} ${event}`))),
  timeouts: fc
    .dictionary(
      fc.constantFrom(...STATES),
      fc.record({ afterMs: fc.integer({ min: 1, max: 50 }), event: fc.constantFrom(...EVENTS) }),
    )
    .map((timeouts) => ({ ...timeouts })),
})

const steps = fc.array(fc.oneof(fc.constantFrom(...EVENTS), fc.integer({ min: 1, max: 60 })), { maxLength: 30 })

class Model {
  readonly log: string[] = []
  state = 'a'
  now = 0
  readonly #rules: Rules
  #due: number | undefined
  #postponed: string[] = []

  constructor(given: Rules) {
    this.#rules = given
    this.#enter()
  }

  take(event: string): void {
    const queue = [event]
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      this.log.push(`${this.state} ${next}`)
      if (this.#rules.postponed.has(`${this.state} ${next}`)) {
        this.#postponed.push(next)
        continue
      }
      const to = this.#rules.table[this.state]?.[next]
      if (to === undefined || to === this.state) continue
      this.state = to
      this.#enter()
      queue.unshift(...this.#postponed.splice(0))
    }
  }

  pass(ms: number): void {
    this.now += ms
    if (this.#due === undefined || this.#due > this.now) return
    this.#due = undefined
    this.take(this.#rules.timeouts[this.state]?.event ?? '')
  }

  #enter(): void {
    this.log.push(`enter ${this.state}`)
    const timeout = this.#rules.timeouts[this.state]
    this.#due = timeout && this.now + timeout.afterMs
  }
}

test('whatever comes and when: it does what the model does', async () => {
  await fc.assert(
    fc.asyncProperty(rules, steps, async (given, todo) => {
      const { system, clock } = setupActors()
      const log: string[] = []
      const machine = genStatem({
        transitions: given.table,
        initial: 'a',
        timeouts: given.timeouts,
        onEnter: Object.fromEntries(STATES.map((state) => [state, () => void log.push(`enter ${state}`)])),
        handle({ name }, { state }) {
          log.push(`${state} ${name}`)
          return given.postponed.has(`${state} ${name}`) ? 'postpone' : undefined
        },
      })
      const pid = system.spawn(machine)
      await system.idle()
      const model = new Model(given)
      for (const step of todo) {
        if (typeof step === 'number') {
          clock.advance(step)
          await system.idle()
          model.pass(step)
        } else {
          system.trySend(pid, step)
          await system.idle()
          model.take(step)
        }
        assert.equal(log, model.log)
      }
      assert.ok(system.isAlive(pid))
    }),
    { numRuns: RUNS },
  )
})

test.run()
