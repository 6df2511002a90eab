import * as assert from 'uvu/assert'
import { createSlowQueues } from '../../../handlers/performance/slow-queues.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/performance/slow-queues')
const options = { tags: ['pool'], thresholdNs: 5e9, maxOperations: 2 }

test('the first one of an event and its tags that has waited too long is told of, once a window', () => {
  const queues = createSlowQueues(options)
  assert.is(queues.check('q', { queue_time: 5e9 }, { pool: 'a' }), undefined)
  assert.equal(queues.check('q', { queue_time: 5e9 + 1 }, { pool: 'a' }), {
    operation: 'q',
    tags: { pool: 'a' },
    queueTime: 5e9 + 1,
  })
  assert.is(queues.check('q', { queue_time: 9e9 }, { pool: 'a' }), undefined)
  assert.ok(queues.check('q', { queue_time: 9e9 }, { pool: 'b' }) !== undefined)
  queues.clear()
  assert.ok(queues.check('q', { queue_time: 9e9 }, { pool: 'a' }) !== undefined)
})

test('what finds no room is one more', () => {
  const queues = createSlowQueues(options)
  const told = ['a', 'b', 'c', 'd'].map((pool) => queues.check('q', { queue_time: 9e9 }, { pool })?.tags)
  assert.equal(told, [{ pool: 'a' }, { pool: 'b' }, { overflow: 'true' }, undefined])
})

test('what is no time is none', () => {
  const queues = createSlowQueues(options)
  const throws = Object.defineProperty({}, 'queue_time', {
    get: () => {
      throw new Error('no')
    },
  })
  for (const measurements of [
    {},
    { queue_time: '9e9' },
    { queue_time: Number.NaN },
    { queue_time: Number.POSITIVE_INFINITY },
    throws,
  ])
    assert.is(queues.check('q', measurements, {}), undefined)
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  assert.equal(queues.check('q', { queue_time: 9e9 }, proxy)?.tags, { pool: '' })
})

test.run()
