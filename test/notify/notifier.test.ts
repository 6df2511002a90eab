import * as assert from 'uvu/assert'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { hostileValues } from '../layers/hostile.ts'
import { type NotifierSetup, now, setupNotifier } from './set-up.ts'
import { tell } from './tell.ts'

const test = suite<NotifierSetup>('notify/notifier')
test.before.each((context) => void Object.assign(context, setupNotifier()))
test.after.each(({ end }) => end())

const firing: string = 'telemetry.alert.firing'

test('the alerts of one notification id come as one notification, the worst first', async ({
  bus,
  attempts,
  attach,
}) => {
  const notifier = attach()
  tell(bus, { rule: 'a', severity: 'low', notification_id: 'n1', group: 'g' })
  tell(bus, { rule: 'b', severity: 'critical', notification_id: 'n1', group: 'g' })
  await notifier.flush()
  assert.equal(
    attempts.map(({ id, group, firing, alerts }) => [id, group, firing, alerts.map(({ rule }) => rule)]),
    [['n1', 'g', 2, ['b', 'a']]],
  )
})

test('an alert that somebody emits by hand is a notification of its own, and began now', async ({
  bus,
  attempts,
  attach,
}) => {
  const notifier = attach()
  bus.execute(firing, { value: 2, threshold: 1 }, { rule: 'mine', message: 'too many' })
  bus.execute('telemetry.alert.resolved' as string, {}, { rule: 'mine' })
  await notifier.flush()
  const [first, second] = attempts
  assert.equal([first?.alerts[0]?.message, first?.firing, first?.alerts[0]?.startedAt], ['too many', 1, now])
  assert.equal([second?.status, second?.alerts[0]?.endedAt], ['resolved', now])
})

test('ten thousand alerts of one notification are one delivery, twenty of them listed', async ({
  bus,
  attempts,
  attach,
}) => {
  const notifier = attach()
  const message = 'x'.repeat(1_000_000)
  const began = performance.now()
  for (let index = 0; index < 10_000; index++) {
    tell(bus, { rule: `r${index}`, severity: index === 9_999 ? 'critical' : 'low', notification_id: 'n', message })
  }
  const tookMs = performance.now() - began
  await notifier.flush()
  const [{ alerts, firing: count } = { alerts: [], firing: 0 }] = attempts
  assert.equal([attempts.length, alerts.length, count, alerts[0]?.rule], [1, 20, 10_000, 'r9999'])
  assert.ok(JSON.stringify(attempts).length < 64_000)
  assert.ok(tookMs < 2_000, `${tookMs} ms`)
})

test('hostile payloads are notifications too, and never fail the handler', async ({
  bus,
  events,
  attempts,
  attach,
}) => {
  const notifier = attach({ match: { rule: '*' } })
  const trap = () => {
    throw new Error('trap')
  }
  const values = Object.values(hostileValues(trap))
  for (const value of values) {
    for (const key of ['tags', 'message', 'alert_id', 'started_at', 'notification_id', 'severity', 'reason'])
      bus.execute(firing, { value: Number.NaN, suppressed: Number.POSITIVE_INFINITY }, { rule: 'r', [key]: value })
    bus.execute(firing, {}, { ...Object.fromEntries([['__proto__', value]]), rule: 'r' })
  }
  const getter = Object.defineProperty({ rule: 'r' }, 'severity', { enumerable: true, get: trap })
  bus.execute(firing, {}, getter)
  const { proxy, revoke } = Proxy.revocable<Record<string, unknown>>({}, {})
  revoke()
  bus.execute(firing, {}, proxy)
  await notifier.flush()
  assert.is(bus.stats().failures, 0)
  assert.is(attempts.length, values.length * 8 + 2)
  for (const { alerts, suppressed } of attempts) {
    assert.is(alerts.length, 1)
    assert.is(suppressed, 0)
    assert.is(alerts[0]?.value, 0)
    assert.ok(JSON.stringify(alerts).length < 20_000)
  }
  assert.is(events.filter(({ event }) => event.includes('failure')).length, 0)
})

test('a group stays in order over a restart, and what was told is delivered then', async ({
  bus,
  attempts,
  answers,
  directory,
  attach,
}) => {
  answers.push(...Array.from({ length: 9 }, () => ({ outcome: 'retry' as const, reason: 'no' })))
  const first = attach({ directory })
  for (const id of ['n1', 'n2', 'n3']) tell(bus, { notification_id: id, group: 'g' })
  await settle()
  first.detach()
  first.ledger.assertConserved()
  await first.flush()
  answers.length = 0
  attempts.length = 0
  const second = attach({ directory })
  await second.flush()
  assert.equal(
    attempts.map(({ id }) => id),
    ['n1', 'n2', 'n3'],
  )
})

test('queued comes within the emit of the first alert, and stored once when it is on disk', async ({
  bus,
  promises,
  directory,
  attach,
}) => {
  const notifier = attach({ directory, match: { severity: 'high' } })
  tell(bus, { notification_id: 'n1', severity: 'low' })
  assert.equal(promises(), [])
  tell(bus, { notification_id: 'n1' })
  tell(bus, { notification_id: 'n1', rule: 'other' })
  assert.equal(promises(), ['queued n1'])
  await notifier.flush()
  // The disk is a real one, and others use it too.
  for (let turn = 0; turn < 1_000 && promises().length < 2; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5))
  const [, stored = ''] = promises()
  assert.match(stored, /^stored n1 (?:disk|settled)$/)
  tell(bus, { notification_id: 'n2' })
  notifier.detach()
  await settle()
  assert.equal(promises().slice(2), ['queued n2', 'stored n2 disk'])
})

test('an attach that throws leaves neither row, lock nor timer', async ({ bus, clock, directory, attach }) => {
  const rows = bus.listHandlers().length
  assert.throws(() => attach({ directory }, { concurrency: 0 }), /concurrency/)
  assert.throws(() => attach({ directory: '/dev/null/x' }), /directory/)
  assert.throws(() => attach({ match: { rule: 7 as unknown as string } }), /'match'/)
  const first = attach({ directory })
  assert.throws(() => attach(), /test/)
  assert.throws(() => attach({ directory, id: 'second' }), /directory/)
  first.detach()
  assert.equal([bus.listHandlers().length, clock.pending], [rows, 0])
  attach({ directory }).detach()
})

test('two of a kind with ids of their own are told of everything each', async ({ bus, attempts, attach }) => {
  const [one, other] = [attach(), attach({ id: 'second', sendResolved: false })]
  tell(bus)
  tell(bus, {}, {}, 'telemetry.alert.resolved')
  await Promise.all([one.flush(), other.flush()])
  assert.is(attempts.length, 3)
})

test('detach ends an attempt that does not listen, a flush that waits, and every timer', async ({
  bus,
  clock,
  events,
  attach,
}) => {
  const notifier = attach({}, { deliver: () => new Promise(() => {}) })
  tell(bus, { notification_id: 'n1' })
  const flushed = notifier.flush()
  await settle()
  notifier.detach()
  await flushed
  await settle()
  const ends = events.filter(({ event }) => event === 'telemetry.notification.exception')
  assert.equal(
    ends.map(({ metadata }) => metadata['reason']),
    ['aborted'],
  )
  assert.is(clock.pending, 0)
  assert.is(notifier.ledger.snapshot().dropped.shutdown, 1)
})

test('bus.close() delivers what was told before', async ({ bus, attempts, attach }) => {
  attach()
  tell(bus)
  await bus.close()
  assert.is(attempts.length, 1)
})

test('with each, alerts beyond the queue are counted as lost', async ({ bus, attempts, attach }) => {
  const notifier = attach({ maxItems: 3 }, { each: true })
  for (const rule of ['a', 'b', 'c', 'd', 'e']) tell(bus, { rule, notification_id: 'n' })
  await notifier.flush()
  assert.equal([attempts.length, notifier.ledger.snapshot().dropped.overflow], [3, 2])
})

test.run()
