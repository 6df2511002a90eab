import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { runChild } from './child.ts'

const test = suite('core/manual-span in Node', { limitMs: 60_000 })

test('a span that is garbage-collected open ends in exception with outcome abandoned', async () => {
  const outcome = await runChild('abandoned-span')

  assert.equal(outcome, {
    found: true,
    names: ['kept.start', 'lost.start', 'ended.start', 'ended.stop', 'lost.exception'],
    outcome: 'abandoned',
    who: 'me',
    sameId: true,
    hasDuration: true,
    reports: [true],
    openSpans: 1,
    keptId: 16,
  })
})

test.run()
