import * as assert from 'uvu/assert'
import { suite } from '../harness/suite.ts'
import { type NotifierSetup, setupNotifier } from './set-up.ts'
import { tell } from './tell.ts'

const test = suite<NotifierSetup>('notify/room')
test.before.each((context) => void Object.assign(context, setupNotifier()))
test.after.each(({ end }) => end())

test('when the queue is nearly full, repeats give way to what is news', async ({ bus, attach }) => {
  const notifier = attach({ maxItems: 10 }, { deliver: () => new Promise(() => {}) })
  for (let i = 0; i < 9; i++) tell(bus, { rule: `r${i}`, notification_id: `n${i}` })
  await new Promise((resolve) => setImmediate(resolve))
  tell(bus, { rule: 'again', notification_id: 'repeat', reason: 'repeat' })
  tell(bus, { rule: 'new', notification_id: 'news' })
  await new Promise((resolve) => setImmediate(resolve))
  const { accepted, dropped } = notifier.ledger.snapshot()
  assert.equal([accepted, dropped.overflow], [11, 1])
  notifier.ledger.assertConserved()
})

test('what is told in one turn does not take more memory than the queue has room for', async ({ bus, attach }) => {
  const notifier = attach({ maxItems: 10 }, { deliver: () => new Promise(() => {}) })
  for (let i = 0; i < 1_000; i++) tell(bus, { rule: `r${i}`, notification_id: `n${i}` })
  await new Promise((resolve) => setImmediate(resolve))
  const { accepted, dropped } = notifier.ledger.snapshot()
  assert.equal([accepted, dropped.overflow], [1_000, 990])
})

test('an acknowledgement has no labels, so no matchers leave it out', async ({ bus, attempts, attach }) => {
  const notifier = attach({ match: { severity: 'critical' } }, { acknowledgements: true })
  tell(bus, { rule: 'low', severity: 'low' })
  const name: string = 'telemetry.alert.acknowledged'
  bus.execute(name, {}, { alert_id: 'id-a', rule: 'a' })
  await notifier.flush()
  assert.equal(
    attempts.map(({ alerts }) => alerts[0]?.reason),
    ['acknowledged'],
  )
})

test.run()
