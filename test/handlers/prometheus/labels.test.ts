import * as assert from 'uvu/assert'
import { createLabelWriter } from '../../../handlers/prometheus/labels.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('prometheus/labels')

test('tags are written in their order', () => {
  assert.is(createLabelWriter([]).write({ method: 'GET', route: '/"x"' }), 'method="GET",route="/\\"x\\""')
  assert.is(createLabelWriter([]).write({}), '')
})

test('keys become label names, and two that become the same are told apart', () => {
  const labels = createLabelWriter([])
  assert.is(labels.write({ 'a.b': '1', a_b: '2', '1x': '3', '': '4' }), 'a_b="1",a_b_2="2",_1x="3",_="4"')
})

test('a key keeps its name when series without the other follow', () => {
  const labels = createLabelWriter([])
  labels.write({ 'a.b': '1', a_b: '2' })
  assert.is(labels.write({ a_b: '2' }), 'a_b_2="2"')
})

test('keys known beforehand get their names first', () => {
  assert.is(createLabelWriter(['a_b']).write({ 'a.b': '1' }), 'a_b_2="1"')
})

test('reserved names are exported_', () => {
  assert.is(
    createLabelWriter([]).write({ le: '1', quantile: '2', __name__: '3', '..x': '4' }),
    'exported_le="1",exported_quantile="2",exported___name__="3",exported___x="4"',
  )
  assert.is(createLabelWriter([]).write({ exported_le: '1', le: '2' }), 'exported_le="1",exported_le_2="2"')
})

test('an extra label takes no name that a tag has', () => {
  const labels = createLabelWriter(['collision'])
  assert.is(labels.extra('collision', '2'), 'collision_2="2"')
})

test('keys without end are not remembered without end, and no series gets a name twice', () => {
  const labels = createLabelWriter([])
  for (let i = 0; i < 2_000; i++) {
    const line = labels.write({ [`k.${i}`]: '', [`k_${i}`]: '' })
    assert.is(line, `k_${i}="",k_${i}_2=""`)
  }
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`${'.'.repeat(i % 2)}m${i >> 1}`, '']))
  const names = labels.write(many).split(',')
  assert.is(new Set(names).size, 3_000)
})

test.run()
