import * as assert from 'uvu/assert'
import { createStore } from '../../src/metrics/create-store.ts'
import { counter, sum } from '../../src/metrics/define.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { setUp } from './set-up.ts'

const test = suite('metrics/invalid-report')

test('invalid values are reported at most once a second per metric and reason, with their count', () => {
  const { emit, reports, clock, store } = setUp([sum('a.b'), sum('a.c')])
  for (let i = 0; i < 100; i++) emit('a', { b: Number.NaN, c: 1 })
  assert.equal(
    reports.map(({ measurements }) => measurements['count']),
    [1],
  )
  clock.advance(1_000)
  emit('a', { b: Number.NaN, c: 'x' })
  assert.equal(
    reports
      .slice(1)
      .map(({ measurements, metadata }) => [measurements['count'], metadata['metric'], metadata['reason']]),
    [
      [100, 'a.b', 'not_finite'],
      [1, 'a.c', 'not_a_number'],
    ],
  )
  emit('a', { b: Number.NaN, c: 1 })
  store.flush()
  assert.is(
    reports.reduce((total, { measurements }) => total + Number(measurements['count']), 0),
    store.stats().invalid,
  )
})

test('a metric over the reports of invalid values cannot cause reports of itself', () => {
  const clock = manualClock()
  let reports = 0
  const store = createStore({
    metrics: [
      sum('broken', { event: '**', measurement: 'nothing' }),
      counter('seen', { event: 'telemetry.metrics.invalid' }),
    ],
    clock,
    report(event, measurements, metadata) {
      reports++
      store.recorder(event)?.(measurements, metadata)
    },
  })
  for (let i = 0; i < 10; i++) {
    store.recorder('a')?.({}, {})
    clock.advance(2_000)
  }
  for (let i = 0; i < 10; i++) {
    store.collect()
    clock.advance(2_000)
  }
  assert.is(reports, 10)
  assert.is(store.get('seen')?.value, 10)
})

test('a report that throws does not reach the emitter', () => {
  const { store, emit } = setUp([sum('a.b')], {
    report: () => {
      throw new Error('no')
    },
  })
  emit('a', { b: 'x' })
  assert.is(store.stats().invalid, 1)
})

test.run()
