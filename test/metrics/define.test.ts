import * as assert from 'uvu/assert'
import { TelemetryError } from '../../src/core/errors.ts'
import { counter, distribution, lastValue, sum, summary } from '../../src/metrics/define.ts'
import { suite } from '../harness/suite.ts'

const test = suite('metrics/define')
const types = { counter, sum, lastValue, summary, distribution }
type Define = (name: never, options?: never) => unknown

/** What each of the five must refuse: the options, or the name when it is not an object. */
const refused: {
  readonly [why: string]: { readonly name?: unknown; readonly options?: unknown; readonly says: RegExp }
} = {
  'an empty name': { name: '', says: /dotted string/ },
  'an empty list as name': { name: [], says: /dotted string/ },
  'a number as name': { name: 7, says: /dotted string/ },
  'undefined as name': { name: undefined, says: /dotted string/ },
  'a list with a number as name': { name: ['a', 1], says: /segments/ },
  'a list with a dotted segment as name': { name: ['a.b', 'c'], says: /segments/ },
  'a leading dot': { name: '.a.b', says: /single dots/ },
  'a trailing dot': { name: 'a.b.', says: /single dots/ },
  'doubled dots': { name: 'a..b', says: /single dots/ },
  'a space in the name': { name: 'a b.c', says: /single dots/ },
  'a single segment without event': { name: 'a', says: /namespaced/ },
  'options that are no object': { options: 'x', says: /options must be an object/ },
  'an unknown option': { options: { tag: ['a'] }, says: /no option 'tag'/ },
  'an empty event': { options: { event: '' }, says: /'event'/ },
  'an empty list of events': { options: { event: [] }, says: /at least one/ },
  'an event with doubled dots': { options: { event: 'a..b' }, says: /'event'/ },
  'an event that is a number': { options: { event: 5 }, says: /'event' must hold strings/ },
  'a measurement that is a number': { options: { measurement: 1 }, says: /'measurement'/ },
  'an empty measurement': { options: { measurement: '' }, says: /'measurement'/ },
  'a measurement of three arguments': { options: { measurement: (_a: 1, _b: 1, _c: 1) => 1 }, says: /2 arguments/ },
  'tags that are a string': { options: { tags: 'method' }, says: /'tags'/ },
  'tags with a number': { options: { tags: [1] }, says: /'tags'/ },
  'an empty tag': { options: { tags: [''] }, says: /'tags'/ },
  'a tags function of two arguments': { options: { tags: (_a: 1, _b: 1) => ({}) }, says: /1 argument/ },
  'tagValues that is no function': { options: { tagValues: {} }, says: /'tagValues'/ },
  'a description that is no string': { options: { description: 1 }, says: /'description'/ },
  'a unit that is a number': { options: { unit: 1 }, says: /'unit'/ },
  'an empty unit': { options: { unit: '' }, says: /'unit'/ },
  'a unit pair with an unknown first': {
    options: { unit: ['fortnight', 'second'] },
    says: /cannot convert 'fortnight'/,
  },
  'a unit pair with an unknown second': { options: { unit: ['second', 'parsec'] }, says: /cannot convert/ },
  'a unit pair of two kinds': { options: { unit: ['byte', 'second'] }, says: /cannot convert/ },
  'a unit of three': { options: { unit: ['second', 'second', 'second'] }, says: /pair/ },
  'keep and drop together': { options: { keep: () => true, drop: () => true }, says: /opposites/ },
  'keep that is no function': { options: { keep: true }, says: /'keep'/ },
  'drop of three arguments': { options: { drop: (_a: 1, _b: 1, _c: 1) => true }, says: /2 arguments/ },
  'an export name with a dot': { options: { exportName: 'a.b' }, says: /'exportName'/ },
  'an export name that begins with a digit': { options: { exportName: '9a' }, says: /'exportName'/ },
}

for (const [type, define] of Object.entries(types) as [string, Define][]) {
  for (const [why, { name, options, says }] of Object.entries(refused)) {
    test(`a ${type} refuses ${why}`, () => {
      const given = (Object.hasOwn(refused[why] ?? {}, 'name') ? name : 'a.b') as never
      assert.throws(
        () => define(given, options as never),
        (error: unknown) =>
          error instanceof TelemetryError && error.code === 'invalid_metric' && says.test(error.message),
      )
    })
  }
}

const ownOptions: [Define, { [key: string]: unknown }, RegExp][] = [
  [summary, { windowMs: 0 }, /'windowMs'/],
  [summary, { windowMs: Number.NaN }, /'windowMs'/],
  [summary, { slots: 1 }, /'slots'/],
  [summary, { slots: 2.5 }, /'slots'/],
  [summary, { buckets: [1] }, /no option 'buckets'/],
  [summary, { tags: ['quantile'] }, /'quantile'/],
  [distribution, { tags: ['le'] }, /'le'/],
  [distribution, { buckets: [] }, /'buckets'/],
  [distribution, { buckets: [1, 1] }, /ascend/],
  [distribution, { buckets: [2, 1] }, /ascend/],
  [distribution, { buckets: [1, Number.POSITIVE_INFINITY] }, /finite/],
  [distribution, { buckets: [1, '2'] }, /finite/],
  [distribution, { windowMs: 5 }, /no option 'windowMs'/],
  [sum, { monotonic: 1 }, /'monotonic'/],
  [counter, { monotonic: true }, /no option 'monotonic'/],
  [lastValue, { buckets: [1] }, /no option 'buckets'/],
]

test('each type refuses bad values of its own options, and those of others', () => {
  for (const [define, options, says] of ownOptions)
    assert.throws(
      () => define('a.b' as never, options as never),
      (error: Error) => says.test(error.message),
    )
})

test('the last segment is the measurement and the rest the event', () => {
  const metric = summary('bridge.call.stop.duration')
  assert.equal(
    [metric.name, metric.events, metric.measurement],
    ['bridge.call.stop.duration', ['bridge.call.stop'], 'duration'],
  )
  assert.equal(summary(['bridge', 'call', 'stop', 'duration']), metric)
})

test('event takes one name, several, or patterns, and a pattern given twice counts once', () => {
  assert.equal(counter('x', { event: 'a.b' }).events, ['a.b'])
  assert.equal(counter('x.y', { event: ['a.stop', 'a.*', '**', 'a.*'] }).events, ['a.stop', 'a.*', '**'])
})

test('drop is kept as the opposite of keep, with metadata and measurements', () => {
  const { keep } = counter('a.b', { drop: (metadata, measurements) => metadata['a'] === measurements['b'] })
  assert.is(keep?.({ a: 1 }, { b: 1 }), false)
  assert.is(keep?.({ a: 1 }, { b: 2 }), true)
})

test('units convert with one rounding, bytes by 1,000, and the unit becomes the target', () => {
  assert.equal(sum('a.b', { unit: ['nanosecond', 'second'] }).scale, [1, 1e9])
  assert.equal(sum('a.b', { unit: ['second', 'millisecond'] }).scale, [1000, 1])
  assert.equal(sum('a.b', { unit: ['byte', 'megabyte'] }).scale, [1, 1e6])
  assert.equal(sum('a.b', { unit: ['second', 'second'] }).scale, [1, 1])
  assert.is(sum('a.b', { unit: ['byte', 'kilobyte'] }).unit, 'kilobyte')
})

test('default buckets suit the unit, and a duration is nanoseconds without being told', () => {
  assert.is(distribution('a.duration', { unit: ['nanosecond', 'second'] }).buckets[0], 0.005)
  assert.is(distribution('a.duration').buckets[0], 5e6)
  assert.is(distribution('a.size', { unit: 'byte' }).buckets[0], 256)
  assert.is(distribution('a.utilization', { unit: 'ratio' }).buckets.at(-1), 1)
  assert.is(distribution('a.depth').buckets[1], 5)
})

test('a sum is monotonic unless it says otherwise', () => {
  assert.is(sum('a.b').monotonic, true)
  assert.is(sum('a.b', { monotonic: false }).monotonic, false)
  assert.is(lastValue('a.b').monotonic, false)
})

test('a definition is frozen, its lists too, and its tags are sorted and distinct', () => {
  const metric = distribution('a.b', { tags: ['b', 'a', 'b'], buckets: [1, 2] })
  assert.equal(metric.tags, ['a', 'b'])
  for (const part of [metric, metric.tags, metric.events, metric.buckets, metric.scale])
    assert.ok(Object.isFrozen(part))
})

test.run()
