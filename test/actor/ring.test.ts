import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { Ring } from '../../src/actor/ring.ts'
import { heldBytes } from '../harness/heap.ts'
import { suite } from '../harness/suite.ts'

const test = suite('actor/ring')

test('it is an array whose shift is cheap', () => {
  const step = fc.oneof(
    fc.record({ op: fc.constant('push' as const), value: fc.nat(9) }),
    fc.record({ op: fc.constantFrom('shift' as const, 'peek' as const, 'clear' as const), value: fc.constant(0) }),
    fc.record({ op: fc.constant('take' as const), value: fc.nat(9) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const ring = new Ring<{ n: number }>()
      let model: { n: number }[] = []
      for (const { op, value } of steps) {
        if (op === 'push') {
          const item = { n: value }
          ring.push(item)
          model.push(item)
        }
        if (op === 'shift') assert.is(ring.shift(), model.shift())
        if (op === 'peek') assert.is(ring.peek(), model[0])
        if (op === 'take') {
          const at = model.findIndex(({ n }) => n === value)
          assert.is(
            ring.take(({ n }) => n === value),
            at < 0 ? undefined : model.splice(at, 1)[0],
          )
        }
        if (op === 'clear' && value === 0 && model.length > 20) {
          ring.clear()
          model = []
        }
        assert.equal([...ring], model)
        assert.is(ring.length, model.length)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('what a burst has needed is let go when it is over', () => {
  const ring = new Ring<number>()
  for (let i = 0; i < 1_000_000; i++) ring.push(i)
  for (let i = 0; i < 999_999; i++) ring.shift()
  const full = heldBytes()
  assert.is(ring.shift(), 999_999)
  assert.ok(full - heldBytes() > 4_000_000)
  ring.push(5)
  assert.equal([...ring], [5])
})

test.run()
