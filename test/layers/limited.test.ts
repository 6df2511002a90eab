import * as assert from 'uvu/assert'
import { type LimitedOptions, limited } from '../../src/layers/limited.ts'
import { suite } from '../harness/suite.ts'

const test = suite('layers/limited')

function limiter(options: LimitedOptions) {
  const seen: object[] = []
  const handler = limited(options, (_event: string, _measurements: object, metadata) => void seen.push(metadata))
  return { seen, emit: (metadata: { [key: string]: unknown }, event = 'a') => handler(event, {}, metadata, undefined) }
}

test('the first tag sets pass as they are, later ones without their tags and marked', () => {
  const { seen, emit } = limiter({ tags: ['user'], maxTagSets: 2 })
  for (const user of ['a', 'b', 'c', 'a', 'd']) void emit({ user, method: 'GET' })
  assert.equal(seen, [
    { user: 'a', method: 'GET' },
    { user: 'b', method: 'GET' },
    { method: 'GET', overflow: 'true' },
    { user: 'a', method: 'GET' },
    { method: 'GET', overflow: 'true' },
  ])
})

test('tag sets are told apart by event and by the place of each value', () => {
  const { seen, emit } = limiter({ tags: ['x', 'y'], maxTagSets: 4 })
  void emit({ x: 'a' })
  void emit({ y: 'a' })
  void emit({ x: 'a', y: '' })
  void emit({ x: 'a","' })
  void emit({ x: 'a' }, 'b')
  void emit({ x: 'a' }, 'c')
  assert.equal(seen.slice(0, 5), [{ x: 'a' }, { y: 'a' }, { x: 'a', y: '' }, { x: 'a","' }, { x: 'a' }])
  assert.equal(seen[5], { overflow: 'true' })
})

test('long values and values that are no tags overflow, so memory has a bound', () => {
  const { seen, emit } = limiter({ tags: ['x'] })
  for (const x of ['x'.repeat(257), {}, [], () => {}, Symbol('x'), 1n]) void emit({ x })
  for (const x of ['x'.repeat(256), 1, true, null]) void emit({ x })
  assert.equal(seen.slice(0, 6), Array(6).fill({ overflow: 'true' }))
  assert.ok(seen.slice(6).every((metadata) => !('overflow' in metadata)))
})

test('wrong options throw', () => {
  const invalid = (error: { code: string }) => error.code === 'invalid_option'
  assert.throws(() => limited({ tags: [] }, () => {}), invalid)
  assert.throws(() => limited({ tags: ['x'], maxTagSets: 0 }, () => {}), invalid)
  assert.throws(() => limited({ tags: ['x'], maxTagSets: 1.5 }, () => {}), invalid)
})

test.run()
