import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { namesOf, record } from './recorder.ts'
import { callUntyped, codeThrownBy } from './untyped.ts'

const test = suite('core/control')
const everything = { enabled: true, sampling: [], allow: [], deny: [] }
const names = ['a', 'a.b', 'a.b.c', 'b', 'telemetry.x']

/** What is heard of `names` under `rules`. */
function heard(rules: Parameters<ReturnType<typeof createBus>['control']>[0]): string[] {
  const bus = createBus()
  const events = record(bus, 'a.**', 'a', 'b', 'telemetry.x')
  bus.control(rules)
  for (const name of names) bus.execute(name, {})
  return namesOf(events)
}

test('a new bus lets everything through', () => {
  assert.equal(createBus().control({}), everything)
  assert.equal(heard({}), names)
})

test('enabled false silences everything but telemetry.**', () => {
  assert.equal(heard({ enabled: false }), ['telemetry.x'])
})

test('allow lets only names pass that one of its patterns matches, and telemetry.**', () => {
  assert.equal(heard({ allow: ['a.*', 'b'] }), ['a.b', 'b', 'telemetry.x'])
  assert.equal(heard({ allow: ['nothing.here'] }), ['telemetry.x'])
  assert.equal(heard({ allow: [] }), names)
})

test('deny silences what it matches, telemetry.** too', () => {
  assert.equal(heard({ deny: ['a.**'] }), ['a', 'b', 'telemetry.x'])
  assert.equal(heard({ deny: ['telemetry.**'] }), ['a', 'a.b', 'a.b.c', 'b'])
  assert.equal(heard({ deny: ['**'] }), [])
})

test('deny beats allow', () => {
  assert.equal(heard({ allow: ['a.**'], deny: ['a.b'] }), ['a.b.c', 'telemetry.x'])
})

test('enabled false beats allow', () => {
  assert.equal(heard({ enabled: false, allow: ['**'] }), ['telemetry.x'])
})

test('control replaces the rules given, keeps the others and returns those in force', () => {
  const bus = createBus()
  const sampling = [{ pattern: 'a.*', rate: 0.5 }]

  assert.equal(bus.control({ sampling }), { ...everything, sampling })
  assert.equal(bus.control({ deny: ['x'] }), { ...everything, sampling, deny: ['x'] })
  assert.equal(bus.control({ enabled: false, sampling: [] }), { ...everything, enabled: false, deny: ['x'] })
  assert.equal(bus.control({ enabled: true, deny: [] }), everything)
})

test('neither the object given nor the object returned can change the rules afterwards', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const [deny, allow] = [['x'], ['a']]
  const effective = bus.control({ deny, allow })

  deny.push('a')
  allow.length = 0
  Reflect.set(effective, 'enabled', false)
  Reflect.set(effective.deny, 0, 'a')

  bus.execute('a', {})
  assert.is(events.length, 1)
  assert.equal(bus.control({}), { ...everything, deny: ['x'], allow: ['a'] })
})

test('rules take effect at once, for names and points seen before, and can be lifted', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const point = bus.event('a')
  const operation = bus.operation('op')
  bus.attach('op', 'op.**', () => {})
  const emit = () => {
    bus.execute('a', {})
    point.execute({})
    point.executeLazy(() => [{}])
  }

  emit()
  for (const rules of [{ enabled: false }, { deny: ['a', 'op.*'] }, { allow: ['b'] }]) {
    bus.control(rules)
    assert.is(point.enabled, false)
    assert.is(operation.enabled, false)
    emit()
    assert.is(events.length, 3)
    bus.control(everything)
    assert.is(point.enabled, true)
    assert.is(operation.enabled, true)
  }
  emit()
  assert.is(events.length, 6)
})

test('a handler attached while a name is silenced hears it once the rule is lifted', () => {
  const bus = createBus()
  bus.control({ deny: ['a'] })
  const point = bus.event('a')
  const events = record(bus, 'a')
  assert.is(point.enabled, false)

  bus.control({ deny: [] })
  point.execute({})

  assert.is(events.length, 1)
})

test('filtered counts what somebody would have listened to', () => {
  const bus = createBus()
  record(bus, 'a')
  bus.control({ deny: ['a', 'unheard'] })
  const point = bus.event('a')

  for (let i = 0; i < 3; i++) bus.execute('a', {})
  point.execute({})
  bus.execute('unheard', {})

  assert.is(bus.stats().filtered, 4)
  assert.is(bus.stats().executed, 0)
})

test('a silenced span runs its body and emits nothing', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  bus.control({ deny: ['op.**'] })

  assert.is(
    bus.span('op', {}, () => 7),
    7,
  )

  assert.is(events.length, 0)
  assert.is(bus.stats().openSpans, 0)
})

test('a span of which one event is silenced emits the other', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')

  bus.control({ deny: ['op.start'] })
  bus.span('op', {}, () => {})
  bus.control({ deny: ['op.stop'] })
  bus.span('op', {}, () => {})

  assert.equal(namesOf(events), ['op.stop', 'op.start'])
})

const badRules: readonly object[] = [
  ...[{ enabled: 1 }, { enabled: 'false' }, { enabled: null }],
  ...[{ allow: 'a' }, { allow: ['a b'] }, { allow: [1] }, { allow: null }, { deny: ['a..b'] }, { deny: {} }],
  ...[{ deny: ['a.**.b'] }, { allow: [''] }, { sampling: {} }, { sampling: [null] }, { sampling: ['a'] }],
  ...[{ sampling: [{ pattern: 'a' }] }, { sampling: [{ rate: 1 }] }, { sampling: [{ pattern: 'a b', rate: 1 }] }],
  ...[-0.1, 1.1, Number.NaN, Infinity, '0.5', null, 1n].map((rate) => ({ sampling: [{ pattern: 'a', rate }] })),
]

test('bad rules throw invalid_control and change nothing, not even what was good among them', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const before = bus.control({ deny: ['x'], sampling: [{ pattern: 'b', rate: 0.5 }] })

  for (const [i, bad] of badRules.entries()) {
    const rules = { enabled: false, deny: ['a'], ...bad }
    assert.is(
      codeThrownBy(() => callUntyped(bus.control, bus, rules)),
      'invalid_control',
      `case ${i}`,
    )
    assert.equal(bus.control({}), before, `case ${i}`)
  }
  const mixed = {
    sampling: [
      { pattern: 'a', rate: 0 },
      { pattern: 'b', rate: 2 },
    ],
  }
  assert.is(
    codeThrownBy(() => bus.control(mixed)),
    'invalid_control',
  )

  bus.execute('a', {})
  assert.is(events.length, 1)
})

test('rules that are no object throw invalid_control', () => {
  const bus = createBus()

  for (const rules of [null, 1, 'x', true]) {
    assert.is(
      codeThrownBy(() => callUntyped(bus.control, bus, rules)),
      'invalid_control',
    )
  }
})

test.run()
