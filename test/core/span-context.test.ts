import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'
import { thrownBy } from './untyped.ts'

const test = suite('core/span-context')

test('a span that ends in another context keeps what enriched its start', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  let current: string | undefined = 'first'
  bus.enrich(() => (current === undefined ? undefined : { correlation_id: current }))

  const [stopped, thrown] = [bus.startSpan('op', { step: 1 }), bus.startSpan('op', { step: 2 })]
  current = 'second'
  stopped.stop()
  current = undefined
  thrown.exception(new Error('broken'))

  assert.equal(
    events.map(({ event, metadata }) => [event, metadata['step'], metadata['correlation_id']]),
    [
      ['op.start', 1, 'first'],
      ['op.start', 2, 'first'],
      ['op.stop', 1, 'first'],
      ['op.exception', 2, 'first'],
    ],
  )
})

test('the span’s own metadata and what is set on it win over what enriched its start', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  bus.enrich(() => ({ who: 'enricher', room: 'enricher', floor: 'enricher' }))

  bus.span('op', { who: 'span' }, (span) => void span.set({ room: 'set' }))
  thrownBy(() =>
    bus.span('op', { who: 'span' }, (span) => {
      span.set({ room: 'set' })
      throw new Error('broken')
    }),
  )

  for (const { event, metadata } of events.filter(({ event: name }) => name !== 'op.start')) {
    assert.equal([metadata['who'], metadata['room'], metadata['floor']], ['span', 'set', 'enricher'], event)
  }
})

test('an enricher is asked once for a span, with the span, and not again at its end', () => {
  const bus = createBus()
  const events = record(bus, 'op.*')
  const asked: (string | undefined)[] = []
  bus.enrich((span) => ({ n: asked.push(span?.id) }))

  bus.span('op', {}, () => {})

  assert.equal(asked, [events[0]?.metadata['span_id']])
  assert.equal(
    events.map(({ metadata }) => metadata['n']),
    [1, 1],
  )
})

test.run()
