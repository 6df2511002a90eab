import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { TypeTally } from '../../src/actor/type-tally.ts'
import { suite } from '../harness/suite.ts'

const test = suite('actor/type-tally')

test('whatever comes and goes, it knows how many there are, how much waits, and where the most', () => {
  const step = fc.record({
    op: fc.constantFrom('add', 'up', 'up', 'down', 'remove'),
    which: fc.nat(20),
    capacity: fc.constantFrom(4, 10),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const tally = new TypeTally('t')
      const actors: { capacity: number; depth: number; depths: ReturnType<TypeTally['add']> }[] = []
      for (const { op, which, capacity } of steps) {
        const one = actors[which % Math.max(1, actors.length)]
        if (op === 'add') {
          const depths = tally.add(capacity)
          depths.add(0)
          actors.push({ capacity, depth: 0, depths })
        } else if (one === undefined) continue
        else if (op === 'up' && one.depth < one.capacity) one.depths.move(one.depth, ++one.depth)
        else if (op === 'down' && one.depth > 0) one.depths.move(one.depth, --one.depth)
        else if (op === 'remove') {
          one.depths.remove(one.depth)
          tally.active--
          actors.splice(actors.indexOf(one), 1)
        }
        assert.is(tally.active, actors.length)
        assert.is(
          tally.depth,
          actors.reduce((sum, { depth }) => sum + depth, 0),
        )
        assert.is(tally.maxDepth, Math.max(0, ...actors.map(({ depth }) => depth)))
        assert.is(tally.maxUtilization, Math.max(0, ...actors.map((actor) => actor.depth / actor.capacity)))
      }
    }),
    { numRuns: 1_000 },
  )
})

test.run()
