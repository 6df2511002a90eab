import * as assert from 'uvu/assert'
import { lastValue } from '../../../src/metrics/define.ts'
import { suite } from '../../harness/suite.ts'
import { setupAlerts } from './set-up.ts'

const test = suite('handlers/alerts/engine')

test('what is good is not kept in mind, and an end says when it was', () => {
  const { clock, store, alerts, told } = setupAlerts(
    { rules: [{ name: 'low', metric: 'job.depth', stat: 'last', below: 5, by: ['queue'] }], checkIntervalMs: 1_000 },
    [lastValue('job.depth', { tags: ['queue'] })],
  )
  for (let i = 0; i < 50; i++) store.bind('job.depth', { queue: `q${i}` }).record(9)
  clock.advance(5_000)
  assert.is(alerts.stats().tracked, 0)
  store.bind('job.depth', { queue: 'q1' }).record(1)
  clock.advance(1_000)
  store.bind('job.depth', { queue: 'q1' }).record(9)
  clock.advance(60_000)
  const [fired, over] = told
  assert.is(fired?.metadata.started_at, 1_700_000_006_000)
  assert.is(over?.metadata.ended_at, 1_700_000_007_000)
})

test('an alert that fires again has not been taken on by anybody', () => {
  const { bus, clock, alerts } = setupAlerts({ rules: [{ name: 'bad', event: 'bad', windowMs: 1_000 }] })
  bus.execute('bad', {}, {})
  alerts.acknowledge(alerts.active()[0]?.id ?? '', 'ann')
  clock.advance(20_000)
  assert.equal(alerts.active(), [])
  bus.execute('bad', {}, {})
  const [again] = alerts.active()
  assert.equal([again?.acknowledged, again?.acknowledgedBy], [false, undefined])
})

test('only what fires can be taken on', () => {
  const { bus, clock, alerts } = setupAlerts({ rules: [{ name: 'bad', event: 'bad', windowMs: 1_000 }] })
  bus.execute('bad', {}, {})
  const [{ id = '' } = {}] = alerts.active()
  assert.not.ok(alerts.acknowledge('nobody'))
  clock.advance(20_000)
  assert.not.ok(alerts.acknowledge(id))
})

test('a flush tells of what waits for its group', async () => {
  const { bus, alerts, lines } = setupAlerts({ rules: [{ name: 'bad', event: 'bad' }], groupWaitMs: 60_000 })
  bus.execute('bad', {}, {})
  assert.equal(lines(), [])
  await alerts.flush()
  assert.equal(lines(), ['firing bad first'])
})

test.run()
