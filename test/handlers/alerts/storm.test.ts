import * as assert from 'uvu/assert'
import { counter } from '../../../src/metrics/define.ts'
import { heldBytes } from '../../harness/heap.ts'
import { suite } from '../../harness/suite.ts'
import { setupAlerts } from './set-up.ts'

const test = suite('handlers/alerts in a storm', { limitMs: 60_000 })

test('ten thousand alerts take 32 MiB at most, and a hundred thousand not more', () => {
  const { alerts, bus, clock, told } = setupAlerts({ rules: [{ name: 'seen', event: 'shop.seen', by: ['key'] }] })
  bus.detach('told')
  const before = heldBytes()
  for (let i = 0; i < 10_000; i++) bus.execute('shop.seen', {}, { key: `customer number ${i}` })
  clock.advance(30_000)
  const once = heldBytes() - before
  assert.ok(once <= 32 * 1_048_576, `${(once / 1_048_576).toFixed(1)} MiB`)
  assert.is(alerts.active().length, 10_000)
  for (let i = 0; i < 100_000; i++) bus.execute('shop.seen', {}, { key: `other customer ${i}` })
  clock.advance(30_000)
  const often = heldBytes() - before
  assert.ok(often <= 32 * 1_048_576, `${(often / 1_048_576).toFixed(1)} MiB`)
  assert.is(told.length, 0)
  const { occurrences, told: fired, suppressed } = alerts.stats()
  assert.is(occurrences, 110_000)
  assert.is(fired + suppressed, 110_000)
})

test('a square wave of one Hertz for ten minutes is told of at most twice, and once for each interval', () => {
  const { clock, store, told } = setupAlerts(
    {
      rules: [{ name: 'busy', metric: 'job.done.count', stat: 'rate', above: 1, windowMs: 1_000 }],
      checkIntervalMs: 500,
      groupIntervalMs: 0,
    },
    [counter('job.done.count')],
  )
  for (let second = 0; second < 600; second++) {
    if (second % 2 === 0) for (let i = 0; i < 10; i++) store.bind('job.done.count', {}).record(1)
    clock.advance(1_000)
  }
  const notifications = told.filter(({ event }) => event === 'firing' || event === 'resolved')
  assert.ok(told.length > 300, `${told.length} events in all`)
  assert.ok(
    notifications.length <= 2 + Math.ceil(600 / 300) + 2,
    `${notifications.map(({ event, reason }) => `${event} ${reason}`)}`,
  )
})

test.run()
