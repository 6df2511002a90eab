import * as assert from 'uvu/assert'
import { createTagTree } from '../../../handlers/statsd/tag-tree.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/statsd/tag-tree')

test('what was remembered is found by the same values under the keys, whatever else there is', () => {
  for (const keys of [[], ['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']]) {
    const tree = createTagTree<string>(keys)
    const source = (value: unknown) => Object.fromEntries(keys.map((key) => [key, value]))
    assert.is(tree.find(source(1)), undefined)
    tree.remember(source(1), 'number')
    if (keys.length > 0) tree.remember(source('1'), 'text')
    assert.is(tree.find({ ...source(1), other: 'x' }), 'number')
    if (keys.length === 0) continue
    assert.is(tree.find(source('1')), 'text')
    assert.is(tree.find({ ...source(1), [keys.at(-1) ?? '']: 2 }), undefined)
  }
})

test('objects and long texts are not kept', () => {
  const tree = createTagTree<string>(['a'])
  for (const a of [{}, () => {}, Symbol('x'), 'x'.repeat(257)]) {
    tree.remember({ a }, 'kept')
    assert.is(tree.find({ a }), undefined)
  }
})

test('after ten thousand ways it begins anew', () => {
  const tree = createTagTree<number>(['a'])
  for (let a = 0; a <= 10_000; a++) tree.remember({ a }, a)
  assert.is(tree.find({ a: 0 }), undefined)
  assert.is(tree.find({ a: 10_000 }), 10_000)
})

test.run()
