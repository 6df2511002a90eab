import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Bus, Span } from '../../src/core/types.ts'
import { suite } from '../harness/suite.ts'
import { keysOf, namesOf, present, record } from './recorder.ts'
import { callUntyped, thrownBy } from './untyped.ts'

const test = suite('core/enrich-around')

/** Keeps the present span as correlation does: the stack is put in place by `around` and read by `enrich`. */
function keepContext(bus: Bus): void {
  const stack: Span[] = []
  bus.around((span, body) => {
    stack.push(span)
    try {
      return body()
    } finally {
      stack.pop()
    }
  })
  bus.enrich(() => {
    const current = stack.at(-1)
    return current === undefined ? undefined : { span_id: current.id }
  })
}

test('what enrich returns is put under the metadata of every event; the event’s own keys win', () => {
  const bus = createBus()
  const events = record(bus, '**')
  bus.enrich(() => ({ correlation_id: 'c', who: 'nobody' }))

  bus.execute('a', {})
  bus.execute('a', {}, { who: 'me', own: 1 })
  bus.event('b').execute({}, { who: undefined })

  assert.equal(
    events.map(({ metadata }) => metadata),
    [
      { correlation_id: 'c', who: 'nobody' },
      { correlation_id: 'c', who: 'me', own: 1 },
      { correlation_id: 'c', who: undefined },
    ],
  )
})

test('the emitter’s own objects are not written to', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  bus.enrich(() => ({ correlation_id: 'c' }))
  const [measurements, metadata] = [Object.freeze({ n: 1 }), Object.freeze({ who: 'me' })]

  bus.execute('a', measurements, metadata)

  assert.is(events[0]?.measurements, measurements)
  assert.equal(metadata, { who: 'me' })
  assert.equal(events[0]?.metadata, { who: 'me', correlation_id: 'c' })
})

test('nothing is copied when enrich has nothing to add', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  bus.enrich(() => undefined)
  const metadata = { who: 'me' }

  bus.execute('a', {}, metadata)

  assert.is(events[0]?.metadata, metadata)
})

test('the keys of several enrichers are all there', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  bus.enrich(() => ({ one: 1 }))
  bus.enrich(() => ({ two: 2 }))

  bus.execute('a', {}, { three: 3 })

  assert.equal(events[0]?.metadata, { one: 1, two: 2, three: 3 })
})

test('enrich runs once per event, and only for events with a listener', () => {
  const bus = createBus()
  let runs = 0
  bus.enrich(() => {
    runs++
    return { n: runs }
  })
  bus.execute('a', {})
  bus.event('a').execute({})
  bus.span('op', {}, () => {})
  assert.is(runs, 0)

  const events = [record(bus, 'a'), record(bus, '*')]
  bus.execute('a', {})

  assert.is(runs, 1)
  for (const [event] of events) assert.equal(event?.metadata, { n: 1 })
})

test('an enricher that is detached adds nothing more', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const detach = bus.enrich(() => ({ n: 1 }))

  assert.is(detach(), true)
  assert.is(detach(), false)
  bus.execute('a', {})

  assert.equal(events[0]?.metadata, {})
})

test('an enricher that throws is counted, and the event goes out with what the others add', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  bus.enrich(() => {
    throw new Error('broken')
  })
  bus.enrich(() => ({ n: 1 }))

  bus.execute('a', {}, { who: 'me' })

  assert.equal(
    events.map(({ metadata }) => metadata),
    [{ who: 'me', n: 1 }],
  )
  assert.is(bus.stats().enrichFailed, 1)
})

test('what is not an object is no enrichment', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  for (const value of [null, 1, 'text', true, Symbol('s')]) callUntyped(bus.enrich, bus, () => value)

  bus.execute('a', {}, { who: 'me' })

  assert.equal(events[0]?.metadata, { who: 'me' })
})

test('the events of a span are enriched, but its own keys win', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  bus.enrich(() => ({ correlation_id: 'c', outcome: 'x' }))

  bus.span('op', {}, (span) => void span.set({ own: 1 }))

  const [start, stop] = events
  assert.is(start?.metadata['correlation_id'], 'c')
  assert.is(stop?.metadata['correlation_id'], 'c')
  assert.is(stop?.metadata['outcome'], 'ok')
  assert.is(stop?.metadata['own'], 1)
  assert.is(stop?.metadata['span_id'], start?.metadata['span_id'])
})

test('a span that starts where enrich names a span_id carries it as parent_span_id in all its events', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  bus.enrich(() => ({ span_id: '00000000000000aa' }))

  bus.span('op', {}, () => {})
  thrownBy(() =>
    bus.span('op', {}, () => {
      throw new Error('broken')
    }),
  )
  bus.startSpan('op').stop()

  assert.is(events.length, 6)
  for (const { metadata } of events) {
    assert.is(metadata['parent_span_id'], '00000000000000aa')
    assert.match(String(metadata['span_id']), /^[0-9a-f]{16}$/)
    assert.is.not(metadata['span_id'], '00000000000000aa')
  }
})

test('nested spans form a chain when around keeps the context', () => {
  const bus = createBus()
  const events = record(bus, 'op.*', 'work')
  keepContext(bus)

  bus.span('op', { level: 1 }, () =>
    bus.span('op', { level: 2 }, () => {
      bus.execute('work', {})
      bus.span('op', { level: 3 }, () => {})
    }),
  )
  bus.execute('work', {})

  const starts = events.filter(({ event }) => event === 'op.start').map(({ metadata }) => metadata)
  const [one, two, three] = starts
  assert.not.ok('parent_span_id' in present(one))
  assert.is(two?.['parent_span_id'], one?.['span_id'])
  assert.is(three?.['parent_span_id'], two?.['span_id'])
  for (const { event, metadata } of events.filter(({ event }) => event === 'op.stop')) {
    const start = starts.find(({ span_id }) => span_id === metadata['span_id'])
    assert.is(metadata['parent_span_id'], start?.['parent_span_id'], event)
    assert.is(metadata['level'], start?.['level'])
  }
  const [inside, outside] = events.filter(({ event }) => event === 'work')
  assert.is(inside?.metadata['span_id'], two?.['span_id'])
  assert.equal(keysOf(outside?.metadata ?? { missing: true }), [])
})

test('around wraps the body of every listened span, with its span, and passes on what it returns', () => {
  const bus = createBus()
  record(bus, 'op.*')
  const order: string[] = []
  bus.around((span, body) => {
    order.push(`before ${span.id.length}`)
    const result = body()
    order.push('after')
    return result
  })

  const returned = bus.span('op', {}, (span) => {
    order.push(`body ${span.id.length}`)
    return 7
  })

  assert.is(returned, 7)
  assert.equal(order, ['before 16', 'body 16', 'after'])
})

test('around hooks nest, wrap operations and instrumented functions, and let exceptions through', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  let depth = 0
  for (let i = 0; i < 3; i++) {
    bus.around((_span, body) => {
      depth++
      try {
        return body()
      } finally {
        depth--
      }
    })
  }
  const reason = new Error('broken')

  assert.is(
    bus.operation('op').span({}, () => depth),
    3,
  )
  assert.is(bus.instrument('op', () => depth)(), 3)
  const caught = thrownBy(() =>
    bus.span('op', {}, () => {
      throw reason
    }),
  )

  assert.is(caught, reason)
  assert.is(depth, 0)
  assert.equal(namesOf(events).slice(-2), ['op.start', 'op.exception'])
})

test('around wraps the body of a span that nobody listens to as well, and none after it is detached', () => {
  const bus = createBus()
  const ids: string[] = []
  const detach = bus.around((span, body) => {
    ids.push(span.id)
    return body()
  })

  assert.is(
    bus.span('op', {}, () => 7),
    7,
  )
  assert.equal(ids, [''])

  assert.is(detach(), true)
  assert.is(detach(), false)
  assert.is(
    bus.span('op', {}, () => 8),
    8,
  )
  assert.equal(ids, [''])
})

test('a hook that throws does not keep the body from running once', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  bus.around(() => {
    throw new Error('broken hook')
  })
  let runs = 0

  assert.is(
    bus.span('op', {}, () => ++runs),
    1,
  )
  assert.equal(namesOf(events), ['op.start', 'op.stop'])
})

test.run()
