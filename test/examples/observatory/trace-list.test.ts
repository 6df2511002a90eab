import * as assert from 'uvu/assert'
import type { TracedSpan } from '../../../examples/observatory/span-event.ts'
import { listTraces } from '../../../examples/observatory/trace-list.ts'
import type { Trace } from '../../../examples/observatory/trace-store.ts'
import { suite } from '../../harness/suite.ts'
import { byId, span } from './spans.ts'

const test = suite('examples/observatory/trace-list')

function trace(id: string, ...spans: readonly TracedSpan[]): Trace {
  return { id, correlationId: id, since: 0, spans: byId(...spans), leftOut: 0 }
}

function storeOf(newest: readonly Trace[], slowest: readonly Trace[] = []) {
  return { newest: () => [...newest], slowest: () => [...slowest] }
}

test('a row is about the root of its trace, and counts what failed within', () => {
  const one = trace(
    'one',
    span('root', { title: 'GET /a', end: 2e9 }),
    span('inner', { parentId: 'root', title: 'read', outcome: 'exception', end: 3e9 }),
    span('open', { parentId: 'root', title: 'wait', outcome: 'open', end: undefined }),
  )
  const expected = { id: 'one', title: 'GET /a', duration: 2, isOpen: false, spans: 3, failed: 1 }
  assert.equal(listTraces(storeOf([one]), 9e9), { newest: [expected], slowest: [expected] })
})

test('a root that is open has taken until now', () => {
  const one = trace('one', span('root', { end: undefined, outcome: 'open', start: 1e9 }))
  const [row] = listTraces(storeOf([one]), 4e9).newest
  assert.equal([row?.duration, row?.isOpen, row?.failed], [3, true, 0])
})

test('the slowest of each title is taken from the newest and from the slow, by title', () => {
  const newest = [
    trace('b fast', span('1', { title: 'GET /b', end: 10 })),
    trace('b slow', span('2', { title: 'GET /b', end: 20 })),
    trace('a fast', span('3', { title: 'GET /a', end: 10 })),
  ]
  const slow = [
    trace('a slow', span('4', { title: 'GET /a', end: 30 })),
    trace('b old', span('5', { title: 'GET /b', end: 15 })),
  ]
  const list = listTraces(storeOf(newest, slow), 100)
  assert.equal(
    list.newest.map(({ id }) => id),
    ['b fast', 'b slow', 'a fast'],
  )
  assert.equal(
    list.slowest.map(({ id }) => id),
    ['a slow', 'b slow'],
  )
})

test('twenty rows of each are shown, whatever there is', () => {
  const many = Array.from({ length: 300 }, (_, n) => trace(`${n}`, span('root', { title: `GET /${n}`, end: n })))
  const { newest, slowest } = listTraces(storeOf(many), 1_000)
  assert.equal([newest.length, slowest.length], [20, 20])
  assert.ok(
    slowest.every(({ duration }) => duration >= 280 / 1e9),
    'the slowest of them',
  )
})

test.run()
