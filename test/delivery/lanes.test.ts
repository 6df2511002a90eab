import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createLanes } from '../../src/delivery/lanes.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/lanes')

const item = (key: string | undefined, number: number) => ({ key, number })

test('one of a key goes at a time, in order, and keys take turns', () => {
  const lanes = createLanes<ReturnType<typeof item>>()
  const [a1, a2, b1] = [item('a', 1), item('a', 2), item('b', 1)]
  for (const one of [a1, a2, b1]) lanes.add(one)
  assert.is(lanes.take(0), a1)
  assert.is(lanes.take(0), b1)
  assert.is(lanes.take(0), undefined)
  assert.is(lanes.nextAt(), undefined)
  lanes.remove(a1)
  assert.is(lanes.nextAt(), Number.NEGATIVE_INFINITY)
  assert.is(lanes.take(0), a2)
})

test('one that is postponed holds up its key and no other', () => {
  const lanes = createLanes<ReturnType<typeof item>>()
  const [a1, a2, free] = [item('a', 1), item('a', 2), item(undefined, 1)]
  for (const one of [a1, a2]) lanes.add(one)
  lanes.take(0)
  lanes.postpone(a1, 50)
  lanes.add(free)
  assert.is(lanes.take(0), free)
  assert.is(lanes.take(49), undefined)
  assert.is(lanes.nextAt(), 50)
  assert.is(lanes.take(50), a1)
})

test('when the one that waits is removed, the next of its key goes at once', () => {
  const lanes = createLanes<ReturnType<typeof item>>()
  const [a1, a2] = [item('a', 1), item('a', 2)]
  for (const one of [a1, a2]) lanes.add(one)
  lanes.take(0)
  lanes.postpone(a1, 50)
  lanes.remove(a1)
  assert.is(lanes.take(0), a2)
})

test('within a key the order holds, with one under way, whatever happens', () => {
  const step = fc.record({
    what: fc.constantFrom('add', 'add', 'take', 'remove', 'postpone', 'evict'),
    key: fc.constantFrom('a', 'b'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lanes = createLanes<ReturnType<typeof item>>()
      const rows = new Map<string, ReturnType<typeof item>[]>([
        ['a', []],
        ['b', []],
      ])
      const taken = new Set<ReturnType<typeof item>>()
      for (const [number, { what, key }] of steps.entries()) {
        const row = rows.get(key) ?? []
        const [head] = row
        if (what === 'add') {
          const added = item(key, number)
          row.push(added)
          lanes.add(added)
        } else if (what === 'take') {
          const got = lanes.take(number)
          if (got === undefined) continue
          assert.is(got, rows.get(got.key ?? '')?.[0])
          assert.not(taken.has(got))
          taken.add(got)
        } else if (head !== undefined && taken.has(head) && what !== 'evict') {
          taken.delete(head)
          if (what === 'remove') lanes.remove(row.shift() ?? head)
          else lanes.postpone(head, number + 3)
        } else if (what === 'evict') {
          const index = row.findIndex((one) => !taken.has(one))
          for (const one of index < 0 ? [] : row.splice(index, 1)) lanes.remove(one)
        }
      }
      const left = () => [...rows.values()].flat().length
      for (let rest = lanes.take(1e9); rest !== undefined || taken.size > 0; rest = lanes.take(1e9)) {
        for (const one of rest === undefined ? [...taken] : [rest]) {
          assert.is(rows.get(one.key ?? '')?.shift(), one)
          taken.delete(one)
          lanes.remove(one)
        }
      }
      assert.is(left(), 0)
    }),
    { numRuns: 1_000 },
  )
})

test.run()
