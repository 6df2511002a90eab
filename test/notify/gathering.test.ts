import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { Gathering } from '../../src/notify/gathering.ts'
import { toTold } from '../../src/notify/told.ts'
import { suite } from '../harness/suite.ts'

const test = suite('notify/gathering')

const told = (id: string, severity: string, more: object = {}, event = 'telemetry.alert.firing') =>
  toTold(event, { suppressed: 1 }, { alert_id: id, rule: id, severity, ...more })

test('the worst are held, those of one severity in the order they came, and what is over comes last', () => {
  const one = fc.record({ severity: fc.constantFrom('critical', 'high', 'medium', 'low'), over: fc.boolean() })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 40 }), fc.integer({ min: 1, max: 10 }), (all, maxAlerts) => {
      const gathering = new Gathering('n', 'g', { maxAlerts, order: 'worst' })
      const ranked = all.map(({ severity, over }, index) => {
        gathering.add(told(`id-${index}`, severity, {}, over ? 'telemetry.alert.resolved' : 'telemetry.alert.firing'))
        const rank = ['critical', 'high', 'medium', 'low'].indexOf(severity) + (over ? 4 : 0)
        return { id: `id-${index}`, rank, index }
      })
      const expected = ranked.sort((a, b) => a.rank - b.rank || a.index - b.index).slice(0, maxAlerts)
      const { notification } = gathering.whole(1)
      assert.equal(
        notification.alerts.map(({ id }) => id),
        expected.map(({ id }) => id),
      )
      const over = all.filter((each) => each.over).length
      assert.equal(
        [notification.firing, notification.resolved, notification.suppressed],
        [all.length - over, over, all.length],
      )
      assert.is(gathering.omitted, all.length - notification.alerts.length)
      assert.is(notification.status, all.length - over > 0 ? 'firing' : 'resolved')
    }),
  )
})

test('it is a repeat when all of it was told before', () => {
  const isRepeat = (...reasons: readonly string[]) => {
    const gathering = new Gathering('n', 'g', { maxAlerts: 5, order: 'worst' })
    for (const reason of reasons)
      gathering.add(told(reason, 'low', { reason }, reason === 'resolved' ? 'telemetry.alert.resolved' : undefined))
    return gathering.whole(1).isRepeat
  }
  assert.equal(
    [isRepeat('repeat', 'repeat'), isRepeat('repeat', 'first'), isRepeat('repeat', 'resolved')],
    [true, false, false],
  )
})

test('one by one each alert is a notification with an id that is always the same, and the alert is its group', () => {
  const gathering = new Gathering('n', 'g', { maxAlerts: 5, order: 'told' })
  for (const [id, severity] of [
    ['a', 'low'],
    ['b', 'critical'],
  ] as const)
    gathering.add(told(id, severity, { reason: 'repeat' }))
  assert.equal(
    gathering.each(7).map(({ notification: { id, group, firing }, isRepeat }) => [id, group, firing, isRepeat]),
    [
      ['n-1', 'a', 1, true],
      ['n-2', 'b', 1, true],
    ],
  )
  const single = new Gathering('n', 'g', { maxAlerts: 5, order: 'told' })
  single.add(told('a', 'low'))
  assert.is(single.each(7)[0]?.notification.id, 'n')
})

test('an alert without times began and ended when people were told', () => {
  const gathering = new Gathering('n', 'g', { maxAlerts: 5, order: 'told' })
  gathering.add(told('a', 'low'))
  gathering.add(told('b', 'low', { started_at: 3, ended_at: 5 }, 'telemetry.alert.resolved'))
  gathering.add(told('c', 'low', {}, 'telemetry.alert.resolved'))
  assert.equal(
    gathering.whole(9).notification.alerts.map(({ startedAt, endedAt }) => [startedAt, endedAt]),
    [
      [9, undefined],
      [3, 5],
      [9, 9],
    ],
  )
})

test.run()
