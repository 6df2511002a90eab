import * as assert from 'uvu/assert'
import { checkDefinition } from '../../src/catalog/check-definition.ts'
import { TelemetryError } from '../../src/core/errors.ts'
import { suite } from '../harness/suite.ts'

const test = suite('catalog/check-definition')

const keys = (measurements: object = {}, metadata: object = {}) => ({ measurements, metadata })
const event = (measurements: object = {}, metadata: object = {}) => ({
  description: 'x',
  ...keys(measurements, metadata),
})
const operation = (parts: object) => ({ description: 'x', start: keys(), end: keys(), ...parts })

function refused(key: string, spec: unknown, message: RegExp): void {
  assert.throws(
    () => checkDefinition('shop', key, spec),
    (error: unknown) => {
      assert.instance(error, TelemetryError)
      assert.is((error as TelemetryError).code, 'invalid_event_definition')
      assert.match((error as TelemetryError).message, message)
      return true
    },
  )
}

test('well-formed definitions pass', () => {
  const full = event(
    { a: ['nanosecond', 'x'], 'b_2?': ['ratio', 'x'] },
    { c: [['x'], 'x', 'secret'], 'd?': ['unknown', 'x'] },
  )
  checkDefinition('shop', 'a-b.C_d', { ...full, stability: 'experimental', sampled: 'never' })
  checkDefinition('shop', 'order.{}', operation({ exception: keys({}, { success: ['boolean', 'x'] }) }))
  checkDefinition(
    'shop',
    'both.{}',
    operation({ start: keys({ active: ['count', 'x'] }), end: keys({ active: ['count', 'x'] }) }),
  )
})

test('names that the bus would refuse are refused', () => {
  for (const key of ['', 'a..b', 'a b', 'a.{}.b', '*', 'x'.repeat(256), Array(16).fill('a').join('.')]) {
    refused(key, event(), /is not a name/)
  }
  refused(`${Array(14).fill('a').join('.')}.a.{}`, operation({}), /is not a name/)
})

test('what is missing or misplaced is named', () => {
  refused('a', null, /'shop.a' is not an object/)
  refused('a', { ...event(), description: '' }, /needs a 'description'/)
  refused('a', { description: 'x', measurements: {} }, /needs 'measurements' and 'metadata'/)
  refused('a', operation({}), /an operation's name ends in '.{}'/)
  refused('a.{}', { ...operation({}), ...event() }, /has keys outside of 'start' and 'end'/)
  refused('a.{}', { description: 'x', start: keys() }, /'shop.a.{} end' is missing/)
  refused('a.{}', operation({ exception: { measurements: {} } }), /'shop.a.{} exception' needs/)
})

test('wrong choices are named with the right ones', () => {
  refused('a', { ...event(), stability: 'beta' }, /stability must be one of stable, experimental/)
  refused('a', { ...event(), sampled: 'always' }, /sampled must be one of allowed, never/)
  refused('a', event({ b: ['second', 'x'] }), /measurement 'b' must be \[unit, meaning\] with a unit of nanosecond/)
  refused('a', event({ b: ['byte', ''] }), /measurement 'b'/)
  refused('a', event({ b: 'byte' }), /measurement 'b'/)
  refused('a', event({}, { b: ['date', 'x'] }), /metadata 'b' must be \[type, meaning, sensitivity\?\]/)
  refused('a', event({}, { b: [[], 'x'] }), /metadata 'b'/)
  refused('a', event({}, { b: [['x', 1], 'x'] }), /metadata 'b'/)
  refused('a', event({}, { b: ['string', 'x', 'public', 1] }), /metadata 'b'/)
  refused('a', event({}, { b: ['string', 'x', 'private'] }), /b sensitivity must be one of public, internal, secret/)
})

test('keys are snake_case and stand once', () => {
  for (const key of ['camelCase', 'with-dash', '_private', '__proto__', '1st', 'a.b', '?']) {
    refused('a', event({ [key]: ['byte', 'x'] }), /is not snake_case/)
    refused('a', event({}, { [key]: ['string', 'x'] }), /is not snake_case/)
  }
  refused('a', event({ b: ['byte', 'x'], 'b?': ['byte', 'x'] }), /key 'b' is there already/)
  refused(
    'a.{}',
    operation({ start: keys({}, { b: ['string', 'x'] }), end: keys({}, { 'b?': ['string', 'x'] }) }),
    /key 'b' is there already/,
  )
})

test("the bus's own keys are not taken", () => {
  refused('a', event({ sample_weight: ['count', 'x'] }), /key 'sample_weight'/)
  refused('a', event({}, { constructor: ['string', 'x'] }), /key 'constructor'/)
  for (const key of ['span_id', 'parent_span_id', 'outcome', 'error', 'kind', 'reason', 'stacktrace']) {
    for (const part of ['start', 'end', 'exception']) {
      refused('a.{}', operation({ [part]: keys({}, { [key]: ['string', 'x'] }) }), new RegExp(`key '${key}'`))
    }
  }
  for (const key of ['duration', 'monotonic_time', 'system_time']) {
    refused('a.{}', operation({ end: keys({ [key]: ['nanosecond', 'x'] }) }), new RegExp(`key '${key}'`))
  }
  checkDefinition(
    'shop',
    'a',
    event({ duration: ['nanosecond', 'x'] }, { reason: ['string', 'x'], span_id: ['string', 'x'] }),
  )
})

test.run()
