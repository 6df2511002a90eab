import { defineEvents } from 'sonde'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { attributesOf, kindOf, tearDown, traced } from './set-up.ts'

/** Names, kinds and attributes of spans. */
const test = suite('handlers/tracing: names and attributes')

test.after.each(tearDown)

test('a request served is a SERVER span after the semantic conventions, named by its route once that is known', () => {
  const { bus, spans } = traced()
  const served = bus.startSpan('http.server.request', { method: 'GET' }, { measurements: { active: 3 } })
  served.set({ route: '/users/:id', status_code: 200 }).measure({ active: 2, response_size: 12 }).stop()
  const [span] = spans
  assert.is(span?.name, 'GET /users/:id')
  assert.is(span && kindOf(span), 'SERVER')
  assert.equal(span && attributesOf(span), {
    'http.request.method': 'GET',
    'http.route': '/users/:id',
    'http.response.status_code': 200,
    'http.response.body.size': 12,
    outcome: 'ok',
  })
})

test('a request without a route is named by its method, and by HTTP when that is none that is known', () => {
  const { bus, spans } = traced()
  bus.startSpan('http.server.request', { method: 'POST' }).stop()
  bus.startSpan('http.server.request', { method: '_OTHER' }).stop()
  assert.equal(
    spans.map(({ name }) => name),
    ['POST', 'HTTP'],
  )
})

test('a failed request has its status as error.type, and no message that repeats it', () => {
  const { bus, spans } = traced()
  const served = bus.startSpan('http.server.request', { method: 'GET' })
  served.set({ status_code: 503, error_type: '503' }).fail('503').stop()
  assert.equal(spans[0]?.status, { code: 2 })
  assert.is(spans[0]?.attributes['error.type'], '503')
  assert.equal(spans[0]?.events, [])
})

test('a request made is a CLIENT span with address and port of the server', () => {
  const { bus, spans } = traced()
  const hosts = ['shop.example', 'shop.example:8080', '[::1]:9464', '[::1]']
  for (const host of hosts) bus.startSpan('http.client.request', { method: 'GET', host }).stop()
  assert.equal(
    spans.map((span) => [kindOf(span), span.name, span.attributes['server.address'], span.attributes['server.port']]),
    [
      ['CLIENT', 'GET', 'shop.example', undefined],
      ['CLIENT', 'GET', 'shop.example', 8080],
      ['CLIENT', 'GET', '::1', 9464],
      ['CLIENT', 'GET', '::1', undefined],
    ],
  )
})

test('actors and the bridge have the kinds and names of their tables', () => {
  const { bus, spans } = traced()
  bus.startSpan('actor.message.handle', { type: 'Cart', pid: '<0.7>', message_type: 'add' }).stop({ queue_time: 5 })
  bus.startSpan('actor.spawn', { type: 'Cart' }).stop({}, { pid: '<0.7>' })
  bus.startSpan('bridge.call', { function: 'predict', pool: 'gpu' }).stop()
  bus.startSpan('bridge.call_method', { python_class: 'Model', method: 'fit' }).stop()
  bus.startSpan('cluster.publish', { subject: 'shop.order', reliable: false }).stop()
  assert.equal(
    spans.map((span) => [kindOf(span), span.name]),
    [
      ['CONSUMER', 'actor.message.handle Cart'],
      ['INTERNAL', 'actor.spawn Cart'],
      ['CLIENT', 'bridge.call predict'],
      ['CLIENT', 'bridge.call_method Model.fit'],
      ['PRODUCER', 'cluster.publish'],
    ],
  )
  assert.equal(spans[0] && attributesOf(spans[0]), {
    'messaging.system': 'sonde',
    'messaging.operation': 'receive',
    'messaging.operation.type': 'process',
    'actor.type': 'Cart',
    'actor.pid': '<0.7>',
    'actor.message_type': 'add',
    queue_time: 5,
    outcome: 'ok',
  })
  assert.is(spans[1]?.attributes['actor.event'], 'spawn')
  assert.is(spans[4]?.attributes['messaging.destination.name'], 'shop.order')
})

test('any other operation is INTERNAL, with its own keys; what is told of every span is not told again', () => {
  const { bus, spans } = traced()
  const span = bus.startSpan('shop.checkout', { customer: 'Ada', items: 3, gift: true, kind: 'express' })
  span.measure({ weight: 1.5 }).stop({}, { reason: 'asked for', nothing: undefined, none: null })
  assert.is(spans[0]?.name, 'shop.checkout')
  assert.is(spans[0] && kindOf(spans[0]), 'INTERNAL')
  assert.equal(spans[0] && attributesOf(spans[0]), {
    customer: 'Ada',
    items: 3,
    gift: true,
    kind: 'express',
    weight: 1.5,
    reason: 'asked for',
    outcome: 'ok',
  })
})

test('a span that stands for others tells for how many', () => {
  const { bus, spans } = traced()
  bus.control({ sampling: [{ pattern: 'shop.checkout.start', rate: 0.5 }] })
  while (spans.length === 0) bus.startSpan('shop.checkout', {}).stop()
  assert.is(spans[0]?.attributes['sample_weight'], 2)
})

test('at an exception, kind, reason and stacktrace are the exception’s', () => {
  const { bus, spans } = traced()
  const run = () =>
    bus.span('shop.checkout', { customer: 'Ada' }, () => {
      throw new RangeError('no stock')
    })
  assert.throws(run, /no stock/)
  assert.equal(spans[0] && attributesOf(spans[0]), {
    customer: 'Ada',
    outcome: 'exception',
    'error.type': 'RangeError',
  })
})

test('rules of the user go before those of the library, key by key', () => {
  const { bus, spans } = traced({
    options: {
      spans: {
        'shop.checkout': {
          kind: 'producer',
          name: 'checkout {channel} {missing}',
          attributes: { customer: false, items: 'shop.items', place: (value) => ({ 'shop.place': `at ${value}` }) },
          set: { team: 'basket' },
        },
        'http.server.request': { attributes: { path_hash: false, method: 'verb' } },
        'shop.named': { name: ({ customer }) => `for ${customer}` },
      },
    },
  })
  bus.startSpan('shop.checkout', { customer: 'Ada', items: 3, channel: 'web', place: 'home' }).stop()
  bus.startSpan('http.server.request', { method: 'GET', path_hash: '0f' }).set({ status_code: 200 }).stop()
  bus.startSpan('shop.named', { customer: 'Ada' }).stop()
  assert.equal(
    spans.map((span) => [kindOf(span), span.name]),
    [
      ['PRODUCER', 'checkout web'],
      ['SERVER', 'GET'],
      ['INTERNAL', 'for Ada'],
    ],
  )
  assert.equal(spans[0] && attributesOf(spans[0]), {
    team: 'basket',
    'shop.items': 3,
    channel: 'web',
    'shop.place': 'at home',
    outcome: 'ok',
  })
  assert.equal(spans[1] && attributesOf(spans[1]), { verb: 'GET', 'http.response.status_code': 200, outcome: 'ok' })
})

test('a rule that throws, or names nothing, costs what it was for', () => {
  const fail = (): never => {
    throw new Error('hostile')
  }
  const { bus, tracing, spans } = traced({
    options: {
      spans: {
        'a.b': { name: fail, attributes: { bad: fail } },
        'a.c': { name: () => '' },
        'a.d': { name: '{missing}' },
        'a.e': { name: () => 'x'.repeat(1_000) },
      },
    },
  })
  for (const last of ['b', 'c', 'd', 'e']) bus.startSpan(`a.${last}`, { bad: 1, good: 2 }).stop()
  assert.equal(
    spans.map(({ name }) => name),
    ['a.b', 'a.c', 'a.d', 'x'.repeat(128)],
  )
  assert.equal(spans[0] && attributesOf(spans[0]), { good: 2, outcome: 'ok' })
  assert.is(tracing.ledger.snapshot().delivered, 4)
})

test('keys that a catalog calls internal or secret are left out', () => {
  const shop = defineEvents('shop', {
    'pay.{}': {
      description: 'A payment.',
      start: {
        measurements: {},
        metadata: {
          method: ['string', 'How.'],
          iban: ['string', 'Whose.', 'secret'],
          host: ['string', 'Where.', 'internal'],
        },
      },
      end: { measurements: {}, metadata: { receipt: ['string', 'Its number.', 'internal'] } },
    },
  })
  const { bus, spans } = traced({ options: { catalogs: [shop] } })
  bus.startSpan('shop.pay', { method: 'card', iban: 'DE02', host: 'db1' }).stop({}, { receipt: '77' })
  assert.equal(spans[0] && attributesOf(spans[0]), { method: 'card', outcome: 'ok' })
})

test.run()
