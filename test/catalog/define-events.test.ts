import * as assert from 'uvu/assert'
import { defineEvents } from '../../src/catalog/define-events.ts'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'

const test = suite('catalog/define-events')

const order = {
  description: 'An order is being placed.',
  start: { measurements: { items: ['count', 'Articles.'] }, metadata: { channel: [['web', 'app'], 'Where from.'] } },
  end: {
    measurements: { 'weight?': ['byte', 'Sent.'] },
    metadata: { paid: ['boolean', 'Whether money was taken.', 'internal'] },
  },
} as const

test('an event has the name with the prefix, and its keys as data', () => {
  const shop = defineEvents('shop', {
    'order.refunded': {
      description: 'Money went back.',
      stability: 'experimental',
      measurements: { amount: ['count', 'In cents.'], 'fee?': ['ratio', 'Share kept.'] },
      metadata: { why: ['string', 'The reason.'], 'receipt?': ['unknown', 'As sent.', 'secret'] },
    },
  })
  assert.is(shop.prefix, 'shop')
  assert.equal(shop.names, ['shop.order.refunded'])
  assert.equal(shop.events, [
    {
      name: 'shop.order.refunded',
      description: 'Money went back.',
      stability: 'experimental',
      sampled: 'allowed',
      measurements: [
        { key: 'amount', optional: false, unit: 'count', meaning: 'In cents.' },
        { key: 'fee', optional: true, unit: 'ratio', meaning: 'Share kept.' },
      ],
      metadata: [
        { key: 'why', optional: false, type: 'string', meaning: 'The reason.', sensitivity: 'public' },
        { key: 'receipt', optional: true, type: 'unknown', meaning: 'As sent.', sensitivity: 'secret' },
      ],
    },
  ])
})

test('an operation becomes start, stop and exception with the keys of a span', () => {
  const { events, names } = defineEvents('shop', { 'order.{}': order })
  assert.equal(names, ['shop.order.start', 'shop.order.stop', 'shop.order.exception'])
  assert.equal(
    events.map(({ phase, stability, sampled }) => [phase, stability, sampled]),
    [
      ['start', 'stable', 'allowed'],
      ['stop', 'stable', 'allowed'],
      ['exception', 'stable', 'never'],
    ],
  )
  const written = (keys: readonly { key: string; optional: boolean }[]) =>
    keys.map(({ key, optional }) => (optional ? `${key}?` : key)).join(' ')
  assert.equal(
    events.map(({ measurements, metadata }) => [written(measurements), written(metadata)]),
    [
      ['monotonic_time system_time items', 'span_id parent_span_id? channel'],
      ['duration monotonic_time weight?', 'span_id parent_span_id? outcome error? channel paid'],
      [
        'duration monotonic_time weight?',
        'span_id parent_span_id? outcome error? kind reason stacktrace channel paid?',
      ],
    ],
  )
})

test('what an exception always has stands in its own section', () => {
  const exception = { measurements: {}, metadata: { paid: ['boolean', 'Always false.'] } } as const
  const { events } = defineEvents('shop', { 'order.{}': { ...order, exception } })
  const paid = events.map(({ metadata }) => metadata.find(({ key }) => key === 'paid'))
  assert.equal(
    paid.map((datum) => datum?.optional),
    [undefined, false, false],
  )
  assert.is(paid[2]?.meaning, 'Always false.')
})

test('an operation is emitted as it is catalogued', () => {
  const bus = createBus()
  const { events } = defineEvents('shop', { 'order.{}': order })
  const emitted = new Map<string, string[]>()
  bus.attach('all', 'shop.**', (event: string, measurements: object, metadata: object) => {
    emitted.set(event, [...Object.keys(measurements), ...Object.keys(metadata)].toSorted())
  })
  bus.span('shop.order', { channel: 'web' }, (span) => void span.set({ paid: true }))
  assert.throws(() =>
    bus.span('shop.order', { channel: 'web' }, () => {
      throw new Error('x')
    }),
  )
  const required = (index: number) =>
    [...(events[index]?.measurements ?? []), ...(events[index]?.metadata ?? [])]
      .filter(({ optional }) => !optional)
      .map(({ key }) => key)
  assert.equal(emitted.get('shop.order.stop'), required(1).toSorted())
  assert.equal(emitted.get('shop.order.exception'), required(2).toSorted())
})

test('events that are never sampled are exempt on every bus, all three of an operation', () => {
  defineEvents('vault', {
    opened: { description: 'The vault is open.', sampled: 'never', measurements: {}, metadata: {} },
    touched: { description: 'Somebody was near.', measurements: {}, metadata: {} },
    'audit.{}': { ...order, sampled: 'never' },
  })
  const bus = createBus()
  const seen: string[] = []
  bus.attach('all', 'vault.**', (event) => void seen.push(event))
  bus.control({ sampling: [{ pattern: '**', rate: 0 }] })
  bus.execute('vault.touched', {})
  bus.execute('vault.opened', {})
  bus.span('vault.audit', {}, () => {})
  assert.equal(seen, ['vault.opened', 'vault.audit.start', 'vault.audit.stop'])
})

test('a catalog cannot be changed afterwards', () => {
  const catalog = defineEvents('shop', { 'order.{}': order })
  for (const part of [catalog, catalog.events, catalog.names, catalog.events[0], catalog.events[0]?.measurements]) {
    assert.ok(Object.isFrozen(part))
  }
})

test('a name that is defined twice throws', () => {
  const event = { description: 'x', measurements: {}, metadata: {} }
  assert.throws(
    () => defineEvents('shop', { 'order.{}': order, 'order.stop': event }),
    /'shop.order.stop' is defined twice/,
  )
})

test.run()
