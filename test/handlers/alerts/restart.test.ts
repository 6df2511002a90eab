import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { lastValue } from '../../../src/metrics/define.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { removeDirectory } from '../../harness/remove-directory.ts'
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
  removeDirectory(directory)
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
  removeDirectory(directory)
})

/** Fires once in a first run, and gives what a second one tells of the same 60 s after it has begun. */
function toldAfterRestart(wallMs: number, pause = 60_000) {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const options = { rules: [{ name: 'bad', event: 'bad', windowMs: 86_400_000 }], directory }
  const first = setupAlerts(options)
  first.bus.execute('bad', {}, {})
  first.alerts.detach()
  const second = setupAlerts(options, [], manualClock(1_700_000_000_000 + wallMs))
  second.clock.advance(pause)
  second.bus.execute('bad', {}, {})
  const lines = second.lines(true)
  second.alerts.detach()
  removeDirectory(directory)
  return lines
}

test('the time that a restart takes counts, but not what a clock says that was set back', () => {
  assert.equal(toldAfterRestart(0), ['suppressed bad min_interval'])
  assert.equal(toldAfterRestart(239_000), ['suppressed bad min_interval'])
  assert.equal(toldAfterRestart(241_000), ['firing bad repeat'])
  assert.equal(toldAfterRestart(-3_600_000), ['suppressed bad min_interval'])
  assert.equal(toldAfterRestart(-3_600_000, 299_000), ['suppressed bad min_interval'])
  assert.equal(toldAfterRestart(-3_600_000, 300_000), ['firing bad repeat'])
})

test('a restart that has taken years, by its clock, has taken a day at most', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const suppression = { minIntervalMs: 2 * 86_400_000 }
  const options = { rules: [{ name: 'bad', event: 'bad', windowMs: 86_400_000 }], suppression, directory }
  const first = setupAlerts(options)
  first.bus.execute('bad', {}, {})
  first.alerts.detach()
  const second = setupAlerts(options, [], manualClock(1_700_000_000_000 + 10 * 365 * 86_400_000))
  second.bus.execute('bad', {}, {})
  assert.equal(second.lines(true), ['suppressed bad min_interval'])
  second.alerts.detach()
  removeDirectory(directory)
})

test('what is pending goes on being so', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const options = {
    rules: [{ name: 'low', metric: 'job.depth', stat: 'last', below: 5, for: '10m' } as const],
    checkIntervalMs: 1_000,
    directory,
  }
  const metrics = [lastValue('job.depth')]
  const first = setupAlerts(options, metrics)
  first.store.bind('job.depth', {}).record(1)
  first.clock.advance(301_000)
  first.alerts.detach()
  const second = setupAlerts(options, metrics, manualClock(1_700_000_301_000))
  second.store.bind('job.depth', {}).record(1)
  second.clock.advance(299_000)
  assert.equal(second.lines(), [])
  second.clock.advance(2_000)
  assert.equal(second.lines(), ['firing low first'])
  second.alerts.detach()
  removeDirectory(directory)
})

test('what keeps firing and what is flapping is so for the rest of its time', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const options = {
    rules: [{ name: 'low', metric: 'job.depth', stat: 'last', below: 5, keepFiringFor: '60s' } as const],
    suppression: { minIntervalMs: 0, flapping: { changes: 4, windowMs: 600_000 } },
    checkIntervalMs: 1_000,
    groupIntervalMs: 0,
    directory,
  }
  const metrics = [lastValue('job.depth')]
  const run = (at: number) => {
    const one = setupAlerts(options, metrics, manualClock(1_700_000_000_000 + at))
    return { ...one, set: (value: number) => one.store.bind('job.depth', {}).record(value) }
  }
  const first = run(0)
  first.set(1)
  first.clock.advance(1_000)
  first.set(9)
  first.clock.advance(40_000)
  assert.equal(first.lines(), ['firing low first'])
  first.alerts.detach()
  const second = run(41_000)
  second.set(9)
  second.clock.advance(18_000)
  assert.equal(second.lines(), [])
  second.clock.advance(3_000)
  assert.equal(second.lines(), ['resolved low resolved'])
  second.set(1)
  second.clock.advance(1_000)
  second.set(9)
  second.clock.advance(30_000)
  second.alerts.detach()
  // The fourth change within ten minutes, counted over the restart.
  const third = run(95_000)
  third.set(9)
  third.clock.advance(35_000)
  assert.equal(
    third.lines(true).filter((line) => line.includes('flapping')),
    ['suppressed low flapping'],
  )
  // What is being written is not to come when the folder is gone.
  await third.alerts.flush()
  third.alerts.detach()
  removeDirectory(directory)
})

test('a silence is kept from the moment it is made', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const options = { rules: [], directory }
  const first = setupAlerts(options)
  first.alerts.silence({ match: {}, durationMs: 60_000 })
  first.clock.advance(300)
  const file = join(directory, 'alerts.json')
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.match(readFileSync(file, 'utf8'), '"durationMs":60000')
  first.alerts.detach()
  removeDirectory(directory)
})

test('a destination that never says that it has stored one does not fill the memory', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-alerts-'))
  const options = { rules: [{ name: 'bad', event: 'bad', by: ['key'] }], directory, groupBy: ['key'], maxAlerts: 5_000 }
  const first = setupAlerts(options)
  first.bus.attach('destination', 'telemetry.alert.firing', (_event, _measurements, { notification_id }) => {
    first.bus.execute('telemetry.notification.queued', {}, { destination: 'test', notification_id })
  })
  for (let key = 0; key < 1_500; key++) first.bus.execute('bad', {}, { key: String(key) })
  first.alerts.detach()
  const second = setupAlerts(options)
  second.clock.advance(10_000)
  const again = second.told.map(({ metadata }) => Number(Reflect.get(Object(metadata.tags), 'key')))
  assert.is(again.length, 1_000)
  assert.is(Math.min(...again), 500)
  second.alerts.detach()
  removeDirectory(directory)
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
