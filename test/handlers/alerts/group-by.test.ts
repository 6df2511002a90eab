import * as assert from 'uvu/assert'
import { groupBy, tagsKey } from '../../../handlers/alerts/group-by.ts'
import { createStore } from '../../../src/metrics/create-store.ts'
import { counter } from '../../../src/metrics/define.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/alerts/group-by')

test('series that agree in the tags are together, whatever else they have', () => {
  const store = createStore({ metrics: [counter('job.done.count', { tags: ['queue', 'host'] })] })
  const record = store.recorder('job.done')
  const all = [
    ['mail', 'a'],
    ['mail', 'b'],
    ['', 'a'],
  ]
  for (const [queue, host] of all) record?.({}, { queue, host })
  record?.({}, { host: 'b' })
  const groups = (by: readonly string[]) =>
    groupBy(store.points('job.done.count'), by).map(({ tags, members }) => [tags, members.length])
  assert.equal(groups(['queue']), [
    [{ queue: 'mail' }, 2],
    [{ queue: '' }, 2],
  ])
  assert.equal(groups(['host', 'nothing']), [
    [{ host: 'a', nothing: '' }, 2],
    [{ host: 'b', nothing: '' }, 2],
  ])
  assert.equal(groups([]), [[{}, 4]])
})

test('two lists of values share a key only when they are the same', () => {
  const lists = [
    ['a,b', ''],
    ['a', 'b'],
    ['', 'a,b'],
    ['a"', '"b'],
    ['["a', 'b"]'],
  ]
  assert.is(new Set(lists.map(tagsKey)).size, lists.length)
  assert.is(tagsKey(['a', 'b']), tagsKey(['a', 'b']))
})

test.run()
