import * as assert from 'uvu/assert'
import { createMilestones } from '../../src/delivery/milestones.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'

const test = suite('delivery/milestones')

test('each point resolves when it is reached and not before', async () => {
  const milestones = createMilestones()
  const passed: number[] = []
  for (const point of [0, 1, 3]) void milestones.wait(point).then(() => passed.push(point))
  await settle()
  assert.equal(passed, [0])
  milestones.reach(2)
  milestones.reach(1)
  await milestones.wait(2)
  await settle()
  assert.equal(passed, [0, 1])
  milestones.reach(3)
  await milestones.wait(2)
  assert.equal(passed, [0, 1, 3])
})

test.run()
