import * as assert from 'uvu/assert'
import { defineEvents } from '../../src/catalog/define-events.ts'
import { suite } from '../harness/suite.ts'
import { checkEmissions, type Emission } from './check-emissions.ts'

const test = suite('catalog/check-emissions')

const { events } = defineEvents('shop', {
  sold: {
    description: 'Something was sold.',
    measurements: { 'items?': ['count', 'Number.'], share: ['ratio', 'Of the day.'], took: ['nanosecond', 'Time.'] },
    metadata: { kind: [['book', 'map'], 'Of what.'], 'gift?': ['boolean', 'Wrapped.'] },
  },
})
const right: Emission = {
  event: 'shop.sold',
  measurements: { items: 1, share: 0.5, took: 7 },
  metadata: { kind: 'map', gift: true },
}
const check = (...emissions: Emission[]) => checkEmissions(events, emissions)
const measured = (measurements: object) => check({ ...right, measurements: { ...right.measurements, ...measurements } })
const told = (metadata: object) => check({ ...right, metadata: { ...right.metadata, ...metadata } })

test('an emission with exactly its keys is right, and so is one without the optional ones beside it', () => {
  assert.equal(check(right), [])
  assert.equal(
    check(right, { ...right, measurements: { share: 1, took: 0, sample_weight: 2 }, metadata: { kind: 'book' } }),
    [],
  )
})

test('events that were not emitted and events that are not catalogued are found', () => {
  assert.equal(check(), ['shop.sold: catalogued, but not emitted by any driver'])
  assert.equal(check(right, { ...right, event: 'shop.closed' }), ['shop.closed: emitted, but not catalogued'])
  assert.equal(check(right, { ...right, event: 'door.bell' }), [])
})

test('keys that are missing, unknown or never seen are found', () => {
  assert.equal(measured({ took: undefined }), ["shop.sold: measurement 'took' is missing"])
  assert.equal(measured({ price: 1 }), ["shop.sold: measurement 'price' is not catalogued"])
  assert.equal(told({ kind: undefined }), ["shop.sold: metadata 'kind' is missing"])
  assert.equal(told({ colour: 'red' }), ["shop.sold: metadata 'colour' is not catalogued"])
  assert.equal(told({ gift: undefined }), ["shop.sold: optional key 'gift' was never there"])
})

test('values out of their unit or type are found', () => {
  for (const measurements of [{ took: 1.5 }, { took: -1 }, { took: '1' }, { share: 1.1 }, { items: Number.NaN }]) {
    assert.match(measured(measurements).join(), /^shop.sold: measurement '\w+' is no \w+: [^,]+$/)
  }
  for (const metadata of [{ kind: 'globe' }, { gift: 'yes' }]) {
    assert.match(told(metadata).join(), /^shop.sold: metadata '\w+' is not [\w,]+ but string$/)
  }
})

test.run()
