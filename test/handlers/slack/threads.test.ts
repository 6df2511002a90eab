import * as assert from 'uvu/assert'
import { createThreads, parseThreads, stillFiring } from '../../../handlers/slack/threads.ts'
import type { Alert } from '../../../src/notify/alert.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from '../alertmanager/an-alert.ts'

const test = suite('handlers/slack/threads')
const thread = { channel: 'C1', ts: '1.2', firing: ['a'] }

test('a thousand threads are kept, and the one that was told of the longest ago goes first', () => {
  const threads = createThreads([['old', thread]])
  for (let i = 0; i < 999; i++) threads.set(`g${i}`, thread)
  threads.set('old', thread)
  threads.set('new', thread)
  assert.is(threads.entries().length, 1_000)
  assert.is(threads.get('g0'), undefined)
  assert.ok(threads.get('old') !== undefined && threads.get('new') !== undefined)
  threads.delete('old')
  assert.is(threads.get('old'), undefined)
})

test('an alert fires in a thread until its end was told', () => {
  const alerts = (...told: readonly (readonly [id: string, status: Alert['status']])[]) => ({
    alerts: told.map(([id, status]) => anAlert({ id, status })),
  })
  const both = stillFiring([], alerts(['a', 'firing'], ['b', 'firing'], ['a', 'firing']))
  assert.equal(both, ['a', 'b'])
  assert.equal(stillFiring(both, alerts(['a', 'resolved'])), ['b'])
  assert.equal(stillFiring(['b'], alerts(['b', 'resolved'], ['c', 'resolved'])), [])
})

test('a file is taken when it holds threads and nothing else', () => {
  const good = [['g', thread]]
  assert.equal(parseThreads(JSON.parse(JSON.stringify(good))), good)
  assert.equal(parseThreads([]), [])
  const bad = [null, {}, 'x', [null], [['g']], [['g', null]], [[1, thread]], [['g', { ...thread, ts: 1 }]]]
  for (const value of [...bad, [['g', { ...thread, firing: [1] }]], [['g', { ...thread, channel: undefined }]]])
    assert.is(parseThreads(value), undefined, JSON.stringify(value))
  assert.is(parseThreads(Array.from({ length: 1_001 }, () => ['g', thread])), undefined)
})

test.run()
