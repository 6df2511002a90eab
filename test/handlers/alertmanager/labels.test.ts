import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { labelsFor } from '../../../handlers/alertmanager/labels.ts'
import { suite } from '../../harness/suite.ts'
import { anAlert } from './an-alert.ts'

const test = suite('alertmanager/labels')
const own = { alertname: 'slow', severity: 'high', kind: 'threshold' }
const labels = (tags: Record<string, string>, extra?: Record<string, string>) => labelsFor(anAlert({ tags }), extra)

test('the rule is the alertname, and tags keep the names that are legal', () => {
  assert.equal(labels({ route: '/a', _B2: 'x' }), { ...own, route: '/a', _B2: 'x' })
})

test('names that are not legal are made so, and those that mean something else get a prefix', () => {
  assert.equal(labels({ 'a.b': '1', '2x': '2', é: '3', alertname: '4', severity: '5', kind: '6', __x: '7' }), {
    ...own,
    a_b: '1',
    _2x: '2',
    _: '3',
    exported_alertname: '4',
    exported_severity: '5',
    exported_kind: '6',
    exported___x: '7',
  })
})

test('names that become the same are told apart, whatever their order, and the legal one stays', () => {
  const expected = { ...own, a_b: 'legal', a_b_2: 'dash', a_b_3: 'dot' }
  assert.equal(labels({ 'a.b': 'dot', 'a-b': 'dash', a_b: 'legal' }), expected)
  assert.equal(labels({ a_b: 'legal', 'a-b': 'dash', 'a.b': 'dot' }), expected)
  assert.equal(labels({ é: '1', è: '2' }), { ...own, _: '2', _2: '1' })
})

test('empty values are left out, and further labels give way to those of the alert', () => {
  assert.equal(labels({ empty: '', region: 'tag' }, { region: 'extra', cluster: 'c', severity: 'none' }), {
    ...own,
    region: 'tag',
    cluster: 'c',
  })
  assert.is(labels({ region: '' }, { region: 'extra' }).region, 'extra')
})

test('whatever the tags, names are legal and no value is lost', () => {
  const seed = Math.trunc(Math.random() * 2 ** 31)
  const key = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.constantFrom('__proto__', 'constructor', 'alertname', 'a_2', 'a', '-', ''),
  )
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 12 }), (keys) => {
      const made = labels(Object.fromEntries(keys.map((each, index) => [each, `v${index}`])))
      for (const name of Object.keys(made)) assert.match(name, /^[a-zA-Z_][a-zA-Z0-9_]*$/)
      const values = Object.values(made).filter((value) => value.startsWith('v'))
      assert.is(values.length, keys.length, `seed ${seed}`)
    }),
    { seed },
  )
})

test.run()
