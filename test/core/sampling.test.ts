import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import { suite } from '../harness/suite.ts'
import { namesOf, type Recorded, record } from './recorder.ts'
import { thrownBy } from './untyped.ts'

const test = suite('core/sampling')
const N = 40_000
/** How many standard deviations an estimate may be off: at five a sound sampler fails once in 1.7 million runs. */
const SIGMAS = 5

function sampled(pattern: string, rate: number): Bus {
  const bus = createBus()
  bus.control({ sampling: [{ pattern, rate }] })
  return bus
}

function emit(bus: Bus, name: string, times: number): void {
  for (let i = 0; i < times; i++) bus.execute(name, { n: 1 })
}

const weightOf = ({ measurements }: Recorded) => measurements['sample_weight'] ?? Number.NaN
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

for (const rate of [0.9, 0.7, 0.5, 0.3, 0.15, 0.01]) {
  test(`at rate ${rate} the share kept and the sum of weights are unbiased, with integer weights next to 1/rate`, () => {
    const bus = sampled('a', rate)
    const events = record(bus, 'a')

    emit(bus, 'a', N)

    const weights = events.map(weightOf)
    const [low, high] = [Math.floor(1 / rate), Math.ceil(1 / rate)]
    assert.ok(weights.every((weight) => weight === low || weight === high))
    const keptDeviation = Math.sqrt(N * rate * (1 - rate))
    assert.ok(Math.abs(weights.length - N * rate) <= SIGMAS * keptDeviation, `kept ${weights.length}`)
    const high_share = 1 / rate - low
    const squareOfWeight = low * low * (1 - high_share) + high * high * high_share
    const sumDeviation = Math.sqrt(N * (rate * squareOfWeight - 1))
    assert.ok(Math.abs(sum(weights) - N) <= SIGMAS * sumDeviation, `estimated ${sum(weights)}`)
    assert.is(bus.stats().sampledOut, N - weights.length)
  })
}

test('which events are kept does not follow a rhythm', () => {
  const bus = sampled('a', 0.5)
  const kept: number[] = []
  bus.attach('h', 'a', (_event, measurements) => void kept.push(measurements['i'] ?? -1))

  for (let i = 0; i < N; i++) bus.execute('a', { i })

  const adjacent = kept.filter((i, at) => kept[at + 1] === i + 1).length
  const expected = N / 4
  assert.ok(Math.abs(adjacent - expected) <= SIGMAS * Math.sqrt((N * 5) / 16), `${adjacent} neighbours`)
})

test('at rate 1 every event is kept with a weight of one', () => {
  const bus = sampled('a', 1)
  const events = record(bus, 'a')

  emit(bus, 'a', 1_000)

  assert.is(events.length, 1_000)
  assert.ok(events.every(({ measurements }) => (measurements['sample_weight'] ?? 1) === 1))
  assert.is(bus.stats().sampledOut, 0)
})

test('at rate 0 nothing is kept', () => {
  const bus = sampled('a', 0)
  const events = record(bus, 'a')

  emit(bus, 'a', 1_000)

  assert.is(events.length, 0)
  assert.is(bus.stats().sampledOut, 1_000)
})

test('a weight that is there already is multiplied', () => {
  const bus = sampled('a', 0.25)
  const events = record(bus, 'a')

  for (let i = 0; i < 400; i++) bus.execute('a', { n: 1, sample_weight: 5 })

  assert.ok(events.length > 0)
  assert.ok(events.every((one) => weightOf(one) === 20))
})

test('a weight that is there already stays when nothing is sampled', () => {
  const bus = createBus()
  const events = record(bus, 'a')

  bus.execute('a', { sample_weight: 5 })

  assert.is(events[0]?.measurements['sample_weight'], 5)
})

test('the emitter’s own measurements are left alone, and metadata is passed on as it is', () => {
  const bus = sampled('a', 0.5)
  const events = record(bus, 'a')
  const [measurements, metadata] = [Object.freeze({ n: 1 }), { who: 'me' }]

  for (let i = 0; i < 100; i++) bus.execute('a', measurements, metadata)

  assert.equal(measurements, { n: 1 })
  assert.ok(events.length > 0)
  for (const event of events) {
    assert.equal(event.measurements, { n: 1, sample_weight: 2 })
    assert.is(event.metadata, metadata)
  }
})

test('one draw decides for all handlers of an emit', () => {
  const bus = sampled('a', 0.5)
  const [first, second] = [record(bus, 'a'), record(bus, '**')]

  emit(bus, 'a', 1_000)

  assert.is(first.length, second.length)
  assert.equal(
    first.map(({ measurements }) => measurements),
    second.map(({ measurements }) => measurements),
  )
})

test('event points are sampled like execute', () => {
  const bus = sampled('a', 0)
  const events = record(bus, 'a')
  const point = bus.event('a')

  point.execute({})
  point.executeLazy(() => [{}])

  assert.is(events.length, 0)
  assert.is(bus.stats().sampledOut, 2)
})

test('the first rule that matches wins, and names that none matches are not sampled', () => {
  const bus = createBus()
  bus.control({
    sampling: [
      { pattern: 'a.kept', rate: 1 },
      { pattern: 'a.*', rate: 0 },
      { pattern: 'a.late', rate: 1 },
    ],
  })
  const events = record(bus, '**')

  for (const name of ['a.kept', 'a.other', 'a.late', 'b']) bus.execute(name, {})

  assert.equal(namesOf(events), ['a.kept', 'b'])
})

test('rules change at run time, for names that were seen before too', () => {
  const bus = createBus()
  const events = record(bus, 'a')
  const point = bus.event('a')
  point.execute({})

  bus.control({ sampling: [{ pattern: 'a', rate: 0 }] })
  point.execute({})
  bus.control({ sampling: [] })
  point.execute({})

  assert.is(events.length, 2)
  assert.ok(events.every(({ measurements }) => measurements['sample_weight'] === undefined))
})

test('failures and the bus’s own events are never sampled', () => {
  const bus = sampled('**', 0)
  const events = record(bus, '**')
  const names = ['a.exception', 'a.failure', 'a.failed', 'a.panicked', 'failed', 'telemetry.x', 'telemetry.a.b']

  for (const name of names) bus.execute(name, { n: 1 })
  for (const name of ['a', 'a.failed.later', 'exception.a', 'a.failures', 'telemetryx.a']) bus.execute(name, {})

  assert.equal(namesOf(events), names)
  assert.ok(events.every(({ measurements }) => measurements['sample_weight'] === undefined))
})

test('a span is decided once: its start and its stop are both kept, with one weight, or both left out', () => {
  const bus = sampled('op.start', 0.4)
  const events = record(bus, 'op.*')

  for (let i = 0; i < 2_000; i++) bus.span('op', { i }, () => {})

  const starts = events.filter(({ event }) => event === 'op.start')
  const stops = events.filter(({ event }) => event === 'op.stop')
  const identify = ({ metadata, measurements }: Recorded) => [metadata['i'], measurements['sample_weight']]
  assert.ok(starts.length > 600 && starts.length < 1_000, `${starts.length} of 2,000 at rate 0.4`)
  assert.equal(starts.map(identify), stops.map(identify))
  assert.ok(starts.every((one) => [2, 3].includes(weightOf(one))))
})

test('a rule for stop alone does not touch a span', () => {
  const bus = sampled('op.stop', 0)
  const events = record(bus, 'op.*')

  bus.span('op', {}, () => {})

  assert.equal(namesOf(events), ['op.start', 'op.stop'])
  assert.ok(events.every(({ measurements }) => measurements['sample_weight'] === undefined))
})

test('the exception of a span always passes, complete and without weight', () => {
  for (const rate of [0, 0.5]) {
    const bus = sampled('op.**', rate)
    const events = record(bus, 'op.*')

    for (let i = 0; i < 100; i++) {
      thrownBy(() =>
        bus.span('op', { i }, () => {
          throw new Error('broken')
        }),
      )
    }

    const exceptions = events.filter(({ event }) => event === 'op.exception')
    assert.is(exceptions.length, 100)
    for (const [i, { measurements, metadata }] of exceptions.entries()) {
      assert.is(measurements['sample_weight'], undefined)
      assert.ok(Number.isInteger(measurements['duration']))
      assert.is(metadata['i'], i)
      assert.is(metadata['outcome'], 'exception')
      assert.match(String(metadata['span_id']), /^[0-9a-f]{16}$/)
    }
  }
})

test('manual spans and operations are decided once as well', () => {
  const bus = sampled('op.start', 0.5)
  const events = record(bus, 'op.*')
  const operation = bus.operation('op')

  for (let i = 0; i < 500; i++) {
    bus.startSpan('op').stop()
    operation.start().stop()
    operation.span({}, () => {})
  }

  const ids = (name: string) => events.filter(({ event }) => event === name).map(({ metadata }) => metadata['span_id'])
  assert.ok(ids('op.start').length > 0)
  assert.equal(ids('op.start'), ids('op.stop'))
})

test('a span that is sampled out runs its body and is not left open', () => {
  const bus = sampled('op.**', 0)
  record(bus, 'op.*')

  assert.is(
    bus.span('op', {}, () => 7),
    7,
  )
  assert.is(bus.stats().openSpans, 0)
})

test.run()
