import * as fc from 'fast-check'
import type { MetricDefinition } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { claimedNames, nameFamilies } from '../../../handlers/prometheus/names.ts'
import { suite } from '../../harness/suite.ts'
import { definition } from './source.ts'

const test = suite('prometheus/names')

function names(...definitions: MetricDefinition[]): string[] {
  return nameFamilies(definitions).map(({ name }) => name)
}

test('dots become underscores, counters end in _total', () => {
  assert.equal(names(definition('counter', 'bridge.call.stop.count'), definition('sum', 'http.bytes.total')), [
    'bridge_call_stop_count_total',
    'http_bytes_total',
  ])
  assert.equal(names(definition('counter', '2.fast-.x')), ['_2_fast__x_total'])
})

test('units are said in base units, once', () => {
  const unit = (of: string) => ({ unit: of })
  assert.equal(
    names(
      definition('summary', 'a.duration', unit('nanosecond')),
      definition('lastValue', 'b.seconds', unit('millisecond')),
      definition('sum', 'c.size', unit('megabyte')),
      definition('lastValue', 'd.utilization', unit('ratio')),
      definition('lastValue', 'e', unit('count')),
    ),
    ['a_duration_seconds', 'b_seconds', 'c_size_bytes_total', 'd_utilization_ratio', 'e'],
  )
})

test('a counter has no unit: it counts events and not what they measure', () => {
  assert.equal(names(definition('counter', 'a.duration', { unit: 'nanosecond' })), ['a_duration_total'])
})

test('types are those of Prometheus, and a sum that may fall is a gauge', () => {
  const types = nameFamilies([
    definition('counter', 'a'),
    definition('sum', 'b'),
    definition('sum', 'c', { monotonic: false }),
    definition('lastValue', 'd'),
    definition('summary', 'e'),
    definition('distribution', 'f'),
  ]).map(({ type }) => type)
  assert.equal(types, ['counter', 'counter', 'gauge', 'gauge', 'summary', 'histogram'])
})

test('exportName is taken as it is, also before a derived name that stands earlier', () => {
  const exported = definition('counter', 'x', { exportName: 'http_requests', unit: 'byte' })
  assert.equal(names(definition('lastValue', 'http.requests'), exported), ['http_requests_2', 'http_requests'])
})

test('two dotted names that become one are told apart, and the help says so', () => {
  const [first, second] = nameFamilies([
    definition('lastValue', 'a.b', { description: 'First.' }),
    definition('lastValue', 'a_b', { description: 'Second.' }),
  ])
  assert.is(first?.name, 'a_b')
  assert.is(first?.help, 'First.')
  assert.is(second?.name, 'a_b_2')
  assert.is(second?.help, 'Second. (a_b is another metric)')
})

test('a metric that is named as a sample of another is told apart', () => {
  for (const end of ['bucket', 'count', 'sum']) {
    assert.equal(names(definition('distribution', 'x'), definition('lastValue', `x.${end}`)), ['x', `x_${end}_2`])
    assert.equal(names(definition('lastValue', `x.${end}`), definition('distribution', 'x')), [`x_${end}`, 'x_2'])
  }
  assert.equal(names(definition('summary', 'x'), definition('lastValue', 'x.count')), ['x', 'x_count_2'])
  assert.equal(names(definition('counter', 'x'), definition('lastValue', 'x')), ['x_total', 'x_2'])
  assert.equal(names(definition('lastValue', 'x.total'), definition('counter', 'x')), ['x_total', 'x_2_total'])
})

test('the distinction stands before unit and _total', () => {
  const seconds = { unit: 'second' }
  assert.equal(names(definition('sum', 'a.b', seconds), definition('sum', 'a_b', seconds)), [
    'a_b_seconds_total',
    'a_b_2_seconds_total',
  ])
})

test('no two families share a name, whatever they are called', () => {
  const part = fc.constantFrom('a', 'b', 'total', 'count', 'sum', 'bucket', '2', 'seconds')
  const name = fc.tuple(part, part, fc.constantFrom('.', '_')).map(([left, right, dot]) => left + dot + right)
  const type = fc.constantFrom('counter', 'sum', 'lastValue', 'summary', 'distribution')
  const unit = fc.constantFrom('unit', 'second')
  const exportName = fc.option(fc.constantFrom('a_b', 'a_b_total', 'b_count'), { freq: 4, nil: undefined })
  const one = fc
    .record({ name, type, unit, exportName })
    .map(({ exportName: given, ...rest }) =>
      definition(
        rest.type,
        rest.name,
        given === undefined ? { unit: rest.unit } : { unit: rest.unit, exportName: given },
      ),
    )
  fc.assert(
    fc.property(fc.array(one, { maxLength: 20 }), (definitions) => {
      const all = nameFamilies(definitions).flatMap((family) => claimedNames(family.name, family.type))
      assert.is(new Set(all).size, all.length)
      assert.equal(nameFamilies(definitions), nameFamilies(definitions))
    }),
    { numRuns: 500 },
  )
})

test.run()
