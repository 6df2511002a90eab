import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { createOracle, eventually } from './oracle.ts'

const test = suite('chaos/oracle')

/** Ten items issued and acknowledged. */
function setup(keys = 2) {
  const oracle = createOracle(7, keys)
  const items = Array.from({ length: 10 }, () => oracle.issue())
  for (const { id } of items) oracle.acknowledge(id)
  return { oracle, items }
}

test('payloads follow from seed and id, and differ', () => {
  const payloads = (seed: number) => {
    const oracle = createOracle(seed)
    return Array.from({ length: 100 }, () => oracle.issue().payload)
  }
  assert.equal(payloads(1), payloads(1))
  assert.is(new Set([...payloads(1), ...payloads(2)]).size, 200)
})

test('what arrives is counted, what does not is missing if it was acknowledged', () => {
  const { oracle, items } = setup()
  const { id } = oracle.issue()
  for (const { payload } of items.slice(0, 8)) oracle.receive(payload)
  for (const _ of [1, 2]) oracle.receive(items[7]?.payload ?? '')
  assert.equal(oracle.tally(), { acknowledged: 10, arrived: 8, duplicates: 2, mostCopies: 3, missing: [9, 10] })
  oracle.receive(items[8]?.payload ?? '')
  assert.equal(oracle.tally().missing, [10])
  assert.is(oracle.has(id), false)
  assert.equal(oracle.violations(), [])
})

test('what nobody has sent, what is altered and what overtakes its key is found', () => {
  const { oracle, items } = setup()
  const [first, , third] = items
  for (const odd of ['', 'null', '{"id":11}', '{"id":-1}', '{"id":1.5}', '{"id":"1"}']) oracle.receive(odd)
  assert.is(oracle.violations().filter((problem) => problem.startsWith('unknown')).length, 6)
  oracle.receive(first?.payload.replace('key-1', 'key-0') ?? '')
  assert.match(oracle.violations()[6] ?? '', /^altered: id 1/)
  assert.is(oracle.tally().arrived, 0)
  oracle.receive(third?.payload ?? '')
  oracle.receive(first?.payload ?? '')
  assert.is(oracle.violations()[7], 'order: id 1 of key-1 after id 3')
  oracle.receive(third?.payload ?? '')
  assert.is(oracle.violations().length, 8)
})

test('at the end all that is owed and something fresh must have arrived', async () => {
  const { oracle, items } = setup()
  for (const { payload } of items) oracle.receive(payload)
  const late = (payload: string) => void setTimeout(() => oracle.receive(payload), 30)
  assert.equal(await eventually(oracle, ({ payload }) => late(payload), { limitMs: 2_000 }), [])
  assert.equal(await eventually(oracle, () => {}, { limitMs: 30 }), [
    'liveness: a fresh item has not arrived within 30 ms',
  ])
})

test('what was dropped may be missing, no more and no less', async () => {
  const problemsWith = (mayMiss: number) => {
    const { oracle, items } = setup()
    for (const { payload } of items.slice(0, 8)) oracle.receive(payload)
    const send = ({ payload }: { payload: string }) => oracle.receive(payload)
    return eventually(oracle, send, { limitMs: 30, mayMiss: () => mayMiss })
  }
  assert.equal(await problemsWith(2), [])
  assert.equal(await problemsWith(0), ['lost: 2 acknowledged items, ids 9 10'])
  assert.equal(await problemsWith(3), ['books: 1 items were counted as dropped and have arrived'])
})

test.run()
