import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createLedger } from '../../src/delivery/ledger.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/ledger')

test('a snapshot has all counters, every reason included', () => {
  const ledger = createLedger(['overflow', '__proto__'])
  ledger.accept(5)
  ledger.deliver()
  ledger.drop('__proto__', 2)
  const { dropped, ...rest } = ledger.snapshot()
  assert.equal(rest, { accepted: 5, delivered: 1, in_flight: 2 })
  assert.equal(Object.entries(dropped), [
    ['overflow', 0],
    ['__proto__', 2],
  ])
  ledger.assertConserved()
})

test('counters never fall', () => {
  const ledger = createLedger(['overflow'])
  for (const count of [-1, Number.NaN, 0]) {
    ledger.accept(count)
    ledger.deliver(count)
    ledger.drop('overflow', count)
  }
  assert.equal(ledger.snapshot(), { accepted: 0, delivered: 0, dropped: { overflow: 0 }, in_flight: 0 })
})

test('an item that got lost is found, and one that was counted twice', () => {
  let held = 1
  const ledger = createLedger(['overflow'], () => held)
  ledger.accept(2)
  assert.throws(() => ledger.assertConserved(), 'not conserved: accepted 2, delivered 0, dropped 0, in flight 1')
  ledger.deliver()
  ledger.assertConserved()
  ledger.drop('overflow')
  assert.throws(() => ledger.assertConserved(), /dropped 1/)
  held = 0
  ledger.assertConserved()
})

test('without an own count of what is held, more out than in is found', () => {
  const ledger = createLedger(['overflow'])
  ledger.deliver()
  assert.throws(() => ledger.assertConserved(), /in flight -1/)
})

test('any sequence that takes out only what is there is conserved', () => {
  const step = fc.record({ what: fc.constantFrom('accept', 'deliver', 'drop'), count: fc.nat(20) })
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      let held = 0
      const ledger = createLedger(['overflow'], () => held)
      for (const { what, count } of steps) {
        const out = Math.min(count, held)
        held += what === 'accept' ? count : -out
        if (what === 'accept') ledger.accept(count)
        else if (what === 'deliver') ledger.deliver(out)
        else ledger.drop('overflow', out)
        ledger.assertConserved()
        assert.is(ledger.snapshot().in_flight, held)
      }
    }),
    { numRuns: 1_000 },
  )
})

test.run()
