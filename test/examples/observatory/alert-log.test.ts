import * as assert from 'uvu/assert'
import { attachAlertLog } from '../../../examples/observatory/alert-log.ts'
import { createBus } from '../../../src/core/bus.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('examples/observatory/alert-log')

test('what is suppressed again is one entry, and anything in between begins another', () => {
  const bus = createBus()
  const read = attachAlertLog(bus)
  const tell = (name: string, tags: object, reason: string) =>
    bus.execute(`telemetry.alert.${name}`, {}, { rule: 'slow', tags, reason, message: '' })

  tell('firing', { route: '/a' }, 'first')
  for (const route of ['/a', '/b', '/a', '/b', '/a']) tell('suppressed', { route }, 'min_interval')
  tell('suppressed', { route: '/a' }, 'silenced')
  tell('firing', { route: '/a' }, 'repeat')
  tell('suppressed', { route: '/a' }, 'silenced')

  assert.equal(
    read().map(({ event, alert, reason, times }) => `${event} ${alert} ${reason} ${times}`),
    [
      'suppressed slow /a silenced 1',
      'firing slow /a repeat 1',
      'suppressed slow /a silenced 1',
      'suppressed slow /a min_interval 3',
      'suppressed slow /b min_interval 2',
      'firing slow /a first 1',
    ],
  )
})

test('it does not grow without end', () => {
  const bus = createBus()
  const read = attachAlertLog(bus)
  const name: string = 'telemetry.alert.firing'
  for (let i = 0; i < 1_000; i++) bus.execute(name, {}, { rule: `r${i}` })
  assert.is(read().length, 40)
  assert.is(read()[0]?.alert, 'r999')
})

test.run()
