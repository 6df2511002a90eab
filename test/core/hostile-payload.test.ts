import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { hostileValues, mustNotThrow, revokedProxy, trappedProxy } from './hostile-values.ts'
import { record } from './recorder.ts'
import { callUntyped } from './untyped.ts'

const test = suite('core/hostile-payload')

test('the bus never looks inside a payload: no trap and no getter runs', () => {
  const bus = createBus()
  const payloads = [
    trappedProxy(),
    Object.defineProperty({}, 'x', { get: () => assert.unreachable(), enumerable: true }),
  ]
  const seen: unknown[] = []
  bus.attach('one', 'a', (_event, measurements, metadata) => void seen.push(measurements, metadata))
  bus.attach('two', '**', (_event, measurements, metadata) => void seen.push(measurements, metadata))
  const point = bus.event('a')

  for (const payload of payloads) {
    seen.length = 0
    for (let i = 0; i < 100; i++) {
      callUntyped(bus.execute, bus, 'a', payload, payload)
      callUntyped(point.execute, point, payload, payload)
      callUntyped(point.executeLazy, point, () => [payload, payload])
    }
    assert.is(seen.length, 100 * 3 * 2 * 2)
    assert.ok(seen.every((one) => one === payload))
  }
  assert.is(bus.stats().failures, 0)
})

test('a payload that cannot be copied, where a copy is needed, never reaches the emitter', () => {
  for (const payload of [
    trappedProxy(),
    revokedProxy(),
    Object.defineProperty({}, 'x', { enumerable: true, get: trappedProxy }),
  ]) {
    const [enriched, sampled] = [createBus(), createBus()]
    for (const bus of [enriched, sampled]) record(bus, '**')
    enriched.enrich(() => ({ added: 1 }))
    sampled.control({ sampling: [{ pattern: '**', rate: 0.9 }] })

    for (const bus of [enriched, sampled]) {
      mustNotThrow(() => {
        for (let i = 0; i < 100; i++) {
          callUntyped(bus.execute, bus, 'a', payload, {})
          callUntyped(bus.execute, bus, 'a', {}, payload)
          callUntyped(bus.span, bus, 'op', payload, () => {})
        }
      }, 'a payload')
    }
  }
})

test('an enricher that returns a hostile object never reaches the emitter', () => {
  for (const { what, value } of hostileValues()) {
    const bus = createBus()
    const events = record(bus, '**')
    callUntyped(bus.enrich, bus, () => value)
    callUntyped(bus.enrich, bus, () => value)

    mustNotThrow(() => {
      bus.execute('a', {}, { who: 'me' })
      bus.span('op', {}, () => {})
    }, what)

    assert.ok(events.length >= 3, what)
  }
})

test('a span with hostile metadata runs its body once and still starts and stops', () => {
  for (const metadata of [trappedProxy(), revokedProxy()]) {
    const bus = createBus()
    const events = record(bus, 'op.*')
    let runs = 0

    mustNotThrow(() => void callUntyped(bus.span, bus, 'op', metadata, () => ++runs), 'hostile metadata')

    assert.is(runs, 1)
    assert.is(events.length, 2)
  }
})

test('names and ids that objects know are names and ids like any other', () => {
  const bus = createBus()
  const words = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype', '__defineGetter__']

  for (const word of words) {
    assert.is(bus.detach(word), false)
    assert.equal(bus.listHandlers(word), [])
    assert.is(bus.event(word).enabled, false)
    bus.execute(word, {})
    bus.span(word, {}, () => {})
  }
  assert.is(bus.stats().executed, 0)

  for (const word of words) {
    const seen: string[] = []
    bus.attachMany(word, [word, `a.${word}`], (event) => void seen.push(event))
    bus.execute(word, {})
    bus.event(`a.${word}`).execute({})
    assert.equal(seen, [word, `a.${word}`])
    assert.is(bus.listHandlers(word).length, 1)
  }
  for (const word of words) assert.is(bus.detach(word), true)
})

test('keys that objects know pollute nothing, enriched, sampled or in a span', () => {
  const bus = createBus()
  const events = record(bus, '**')
  bus.enrich(() => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'))
  bus.control({ sampling: [{ pattern: 'a', rate: 0.99 }] })
  const payload = () => JSON.parse('{"__proto__": {"polluted": 2}, "toString": 3}')

  for (let i = 0; i < 20; i++) bus.execute('a', payload(), payload())
  bus.span('op', payload(), (span) => void span.set(payload()).measure(payload()))
  bus.startSpan('op').stop(payload(), payload())

  assert.is(Reflect.get({}, 'polluted'), undefined)
  assert.is(
    Reflect.get(() => {}, 'polluted'),
    undefined,
  )
  assert.ok(events.length > 4)
  for (const { measurements, metadata } of events) {
    assert.is(Object.getPrototypeOf(measurements), Object.prototype)
    assert.is(Object.getPrototypeOf(metadata), Object.prototype)
    assert.is(Reflect.get(metadata, 'polluted'), undefined)
  }
})

test('a million-segment name, a sparse array of 2^32 and a list that lies are counted no-ops', () => {
  const bus = createBus()
  record(bus, '**')
  const sparse: string[] = []
  sparse.length = 2 ** 32 - 1
  const lying = new Proxy(['a'], { get: (target, key) => (key === 'length' ? Infinity : Reflect.get(target, key)) })
  const names: unknown[] = [
    sparse,
    lying,
    trappedProxy([]),
    revokedProxy([]),
    'a.'.repeat(1_000_000),
    ['a'.repeat(300)],
  ]

  mustNotThrow(() => {
    for (const name of names) callUntyped(bus.execute, bus, name, {}, {})
  }, 'a hostile name')

  assert.is(bus.stats().invalid, names.length)
})

test.run()
