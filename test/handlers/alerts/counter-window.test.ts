import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { CounterWindow } from '../../../handlers/alerts/counter-window.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/counter-window')

test('it has what came within the window, to within a sixtieth of it', () => {
  const readings = fc.array(
    fc.record({ wait: fc.integer({ min: 1, max: 900 }), amount: fc.nat(9), whole: fc.nat(9) }),
    {
      minLength: 1,
      maxLength: 200,
    },
  )
  fc.assert(
    fc.property(readings, (all) => {
      const window = new CounterWindow(6_000, 0)
      const seen: { from: number; to: number; amount: number; whole: number }[] = []
      let now = 0
      for (const { wait, amount, whole } of all) {
        const from = now
        now += wait
        window.add(amount, whole, now)
        seen.push({ from, to: now, amount, whole })
        // A reading that is partly within may count or not; parts of a hundredth second are kept together.
        const sum = (key: 'amount' | 'whole', since: number) =>
          seen.reduce((total, one) => (one.to > since ? total + one[key] : total), 0)
        for (const key of ['amount', 'whole'] as const) {
          assert.ok(window[key] >= sum(key, now - 6_000), `${window[key]} at ${now}`)
          assert.ok(window[key] <= sum(key, now - 6_000 - 100 - 900), `${window[key]} at ${now}`)
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

test('a rate is per second of what was observed, and of no time there is none', () => {
  const window = new CounterWindow(60e9, 0)
  assert.is(window.rate, undefined)
  window.add(10, 0, 2e9)
  assert.is(window.rate, 5)
  window.add(10, 0, 4e9)
  assert.is(window.rate, 5)
  window.add(0, 0, 8e9)
  assert.is(window.rate, 2.5)
})

test('it knows when something came last', () => {
  const window = new CounterWindow(60e9, 7)
  assert.is(window.busyAt, 7)
  window.add(0, 0, 10)
  assert.is(window.busyAt, 7)
  window.add(0, 1, 20)
  assert.is(window.busyAt, 20)
})

test('however often it is read it keeps some sixty parts', () => {
  const window = new CounterWindow(1_000, 0)
  for (let now = 1; now < 50_000; now++) window.add(1, 1, now)
  assert.ok(Math.abs(window.amount - 1_000) <= 20, `${window.amount}`)
})

test.run()
