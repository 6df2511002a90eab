import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Notification } from '../../src/notify/alert.ts'
import { createNotifier } from '../../src/notify/notifier.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { tell } from './tell.ts'

const test = suite('notifier')

function setUp() {
  const clock = manualClock()
  const bus = createBus({ clock })
  const delivered: Notification[] = []
  const notifier = createNotifier(
    bus,
    {
      name: 'test',
      async deliver(notification) {
        delivered.push(notification)
        return { outcome: 'delivered', reason: 'ok' }
      },
    },
    {},
  )
  return { clock, bus, delivered, notifier }
}

test('the alerts of one notification id come as one notification, the worst first', async () => {
  const { bus, delivered, notifier } = setUp()
  tell(bus, { rule: 'a', severity: 'low', notification_id: 'n1', group: 'g' })
  tell(bus, { rule: 'b', severity: 'critical', notification_id: 'n1', group: 'g' })
  await notifier.flush()
  await settle()
  assert.equal(
    delivered.map(({ id, group, firing, alerts }) => [id, group, firing, alerts.map(({ rule }) => rule)]),
    [['n1', 'g', 2, ['b', 'a']]],
  )
})

test('an alert that somebody emits by hand is a notification of its own', async () => {
  const { bus, delivered, notifier } = setUp()
  const name: string = 'telemetry.alert.firing'
  bus.execute(name, { value: 2, threshold: 1 }, { rule: 'mine', message: 'too many' })
  await notifier.flush()
  assert.is(delivered[0]?.alerts[0]?.message, 'too many')
  assert.is(delivered[0]?.firing, 1)
})

test.run()
