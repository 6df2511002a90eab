import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { suite } from '../../harness/suite.ts'
import { setupAlerts } from './set-up.ts'

const test = suite('handlers/alerts/restart', { limitMs: 30_000 })

test('alerts, silences and what waits survive a restart, and nobody is told twice', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const rules = [
    { name: 'told', event: 'told', windowMs: 86_400_000 },
    { name: 'waits', event: 'waits', by: ['key'], windowMs: 86_400_000 },
    { name: 'hushed', event: 'hushed', windowMs: 86_400_000 },
  ]
  const options = { rules, directory, groupIntervalMs: 60_000 }
  const first = setupAlerts(options)
  const { bus, alerts } = first
  bus.execute('told', {}, {})
  bus.execute('told', {}, {})
  alerts.acknowledge(alerts.active()[0]?.id ?? '', 'ann')
  alerts.silence({ match: { rule: 'hushed' }, durationMs: 600_000, comment: 'planned' })
  bus.execute('hushed', {}, {})
  for (const key of ['a', 'b']) bus.execute('waits', {}, { key })
  assert.equal(first.lines(), ['firing told first', 'acknowledged told', 'firing waits first'])
  alerts.detach()

  const second = setupAlerts(options, [], manualClock(1_700_000_000_000 + 30_000))
  assert.equal(
    second.alerts.active().map(({ rule, acknowledged, mutedBy }) => [rule, acknowledged, mutedBy]),
    [
      ['told', true, undefined],
      ['hushed', false, 'silenced'],
      ['waits', false, undefined],
      ['waits', false, undefined],
    ],
  )
  assert.equal(
    second.alerts.silences().map(({ comment }) => comment),
    ['planned'],
  )
  assert.equal(
    second.alerts.history().map(({ rule }) => rule),
    ['told', 'waits'],
  )
  second.clock.advance(20_000)
  assert.equal(second.lines(), [])
  second.clock.advance(10_000)
  assert.equal(second.lines(), ['firing waits first'])
  assert.equal(second.told.at(-1)?.metadata.tags, { key: 'b' })
  second.bus.execute('told', {}, {})
  assert.equal(second.lines(true), ['suppressed told acknowledged'])
  second.alerts.detach()
  rmSync(directory, { recursive: true })
})

test('a notification that a destination had not stored is told again under its id', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const options = { rules: [{ name: 'bad', event: 'bad', windowMs: 86_400_000 }], directory }
  const run = (stores: boolean) => {
    const one = setupAlerts(options)
    one.bus.attach('destination', 'telemetry.alert.firing', (_event, _measurements, { notification_id }) => {
      const metadata = { destination: 'test', notification_id }
      one.bus.execute('telemetry.notification.queued', {}, metadata)
      if (stores) one.bus.execute('telemetry.notification.stored', {}, { ...metadata, where: 'disk' })
    })
    return one
  }
  const first = run(false)
  first.bus.execute('bad', {}, {})
  first.alerts.detach()
  const second = run(true)
  second.clock.advance(10_000)
  assert.equal(second.lines(), ['firing bad first'])
  assert.is(second.told[0]?.metadata.notification_id, first.told[0]?.metadata.notification_id)
  second.alerts.detach()
  const third = run(true)
  third.clock.advance(10_000)
  assert.equal(third.lines(), [])
  third.alerts.detach()
  rmSync(directory, { recursive: true })
})

test('a clock that is set back or forward while it runs changes no interval', () => {
  const clock = manualClock(1_700_000_000_000)
  let offset = 0
  const wrong = { ...clock, wallTime: () => clock.wallTime() + offset }
  const { bus, lines } = setupAlerts({ rules: [{ name: 'bad', event: 'bad', windowMs: 900_000 }] }, [], wrong)
  bus.execute('bad', {}, {})
  for (const jump of [-3_600_000, 86_400_000]) {
    offset += jump
    bus.execute('bad', {}, {})
  }
  assert.equal(lines(), ['firing bad first'])
  clock.advance(300_000)
  bus.execute('bad', {}, {})
  assert.equal(lines(), ['firing bad repeat'])
})

test.run()
