import { attachErrors } from 'sonde/handlers/errors'
import { testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { attachAlerts } from '../../../handlers/alerts/index.ts'
import { createBus } from '../../../src/core/bus.ts'
import { captureEvents } from '../../../src/testing/capture-events.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { heldBytes } from '../../harness/heap.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/errors', { limitMs: 60_000 })

const MESSAGES = Number(process.env.SONDE_ERROR_MESSAGES ?? 200_000)

function setUp(options: Parameters<typeof attachErrors>[1] = {}) {
  const clock = manualClock(1_700_000_000_000)
  const bus = createBus({ clock })
  const errors = attachErrors(bus, options)
  const { events } = captureEvents(bus, ['telemetry.errors.**'])
  const fail = (message: string, more: object = {}, event = 'shop.pay.exception') =>
    bus.execute(event, { duration: 1 }, { reason: new TypeError(message), ...more })
  return { clock, bus, errors, events, fail }
}

test('behaves as a handler must', () =>
  testHandler(attachErrors, {
    options: { threshold: 1, tags: ['route'] },
    invalid: [{ threshold: 0 }, { operations: [''] }, { operations: ['a..b'] }, { windowMs: 1 }, { other: 1 }],
    events: ['shop.pay.exception', 'shop.pay.stop', 'http.server.request.exception'],
  }))

test('the fifth failure is told of once, and not every one that follows', () => {
  const { clock, bus, events, fail } = setUp()
  for (let i = 0; i < 5; i++) bus.execute('shop.pay.stop', { duration: 1 }, { outcome: 'ok' })
  for (let i = 0; i < 4; i++) fail(`cart ${i} is empty`)
  assert.equal(events, [])
  for (let i = 4; i < 50; i++) fail(`cart ${i} is empty`)
  assert.is(events.length, 1)
  assert.equal(
    { ...events[0]?.measurements, ...events[0]?.metadata },
    {
      error_count: 5,
      error_rate: 0.5,
      window: 10e9,
      operation: 'shop.pay',
      error_type: 'TypeError',
      fingerprint: 'cart # is empty',
      tags: {},
    },
  )
  clock.advance(10_000)
  for (let i = 0; i < 5; i++) fail('again')
  assert.is(events.length, 2)
})

test('kinds of failures do not add up: operation, type and tags part them', () => {
  const { events, fail } = setUp({ tags: ['route'], threshold: 3 })
  for (const route of ['/a', '/b']) for (let i = 0; i < 2; i++) fail('x', { route })
  for (let i = 0; i < 2; i++) fail('x', { route: '/a', error_type: 'other' })
  for (let i = 0; i < 2; i++) fail('x', { route: '/a' }, 'shop.ship.exception')
  assert.equal(events, [])
  fail('x', { route: '/b' })
  assert.equal(
    events.map(({ metadata }) => metadata.tags),
    [{ route: '/b' }],
  )
})

test('what was called off is no failure, and a stop with an error is one', () => {
  const { bus, events, fail, errors } = setUp({ threshold: 2 })
  for (let i = 0; i < 5; i++) fail('x', { outcome: 'aborted' })
  assert.equal(errors.report(), [])
  for (let i = 0; i < 2; i++)
    bus.execute('shop.pay.stop', { duration: 1 }, { outcome: 'error', error: new Error('of a stop') })
  assert.is(events.length, 1)
})

test('a sampled failure counts for as many as it stands for', () => {
  const { bus, events } = setUp()
  const failed = { reason: new Error('x') }
  bus.execute('shop.pay.exception', { sample_weight: 4 }, failed)
  assert.equal(events, [])
  bus.execute('shop.pay.exception', {}, failed)
  assert.is(events[0]?.measurements.error_count, 5)
})

test('a rate is never above one, also where the ends of an operation were forgotten', () => {
  const { bus, events, fail } = setUp({ maxKeys: 1, threshold: 2 })
  fail('x')
  bus.execute('shop.ship.stop', { duration: 1 }, { outcome: 'ok' })
  fail('x')
  assert.is(events[0]?.measurements.error_rate, 1)
})

test('the report says how often, since when, and with which messages', () => {
  const { clock, errors, fail } = setUp()
  fail('cart 1 is empty')
  clock.advance(1_000)
  for (let i = 0; i < 6; i++) fail(`cart ${i} is empty`)
  fail('other', {}, 'shop.ship.exception')
  clock.advance(20_000)
  errors.detach()
  const [pay, ship] = errors.report()
  assert.equal(pay, {
    operation: 'shop.pay',
    errorType: 'TypeError',
    tags: {},
    count: 7,
    recent: 0,
    spikes: 1,
    firstSeen: 1_700_000_000_000,
    lastSeen: 1_700_000_001_000,
    fingerprints: [{ fingerprint: 'cart # is empty', count: 7 }],
  })
  assert.is(ship?.operation, 'shop.ship')
})

test('its own events and those of the library are not watched, unless they are named', () => {
  const { bus, errors } = setUp({ threshold: 1 })
  for (let i = 0; i < 3; i++) bus.execute('telemetry.sink.exception' as string, {}, { reason: new Error('x') })
  assert.equal(errors.report(), [])
  const named = setUp({ threshold: 1, operations: ['telemetry.notification', '**'] })
  named.bus.execute('telemetry.notification.exception' as string, {}, { reason: 'x' })
  assert.is(named.errors.report().length, 1)
})

test('a spike is an alert, with the rule that the docblock shows', () => {
  const { bus, fail } = setUp()
  const rule = {
    name: 'error_spike',
    kind: 'error_spike',
    event: 'telemetry.errors.spike',
    by: ['operation', 'error_type'],
  }
  attachAlerts(bus, { rules: [rule] })
  const { events } = captureEvents(bus, ['telemetry.alert.firing'])
  for (let i = 0; i < 9; i++) fail('x')
  assert.equal(
    events.map(({ metadata }) => [metadata.rule, metadata.kind, metadata.tags]),
    [['error_spike', 'error_spike', { operation: 'shop.pay', error_type: 'TypeError' }]],
  )
})

test('failures that are all different, a million of them by hand, take a thousand places', () => {
  const { errors, fail } = setUp({ tags: ['user'] })
  for (let i = 0; i < 3_000; i++) fail(`${'x'.repeat(400)} ${i}`, { user: `user ${i}`, error_type: `type ${i}` })
  assert.is(errors.report().length, 1_000)
  const before = heldBytes()
  for (let i = 0; i < MESSAGES; i++) {
    const letters = String.fromCharCode(
      97 + (i % 26),
      97 + ((i >> 5) % 26),
      97 + ((i >> 10) % 26),
      97 + ((i >> 15) % 26),
    )
    fail(`no ${letters}`, { user: letters, error_type: letters })
  }
  assert.is(errors.report().length, 1_000)
  const grown = heldBytes() - before
  assert.ok(grown < 8 * 1_048_576, `${grown} bytes`)
})

test.run()
