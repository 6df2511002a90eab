import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { setupAlerts } from './set-up.ts'

const test = suite('handlers/alerts/muting', { limitMs: 30_000 })

test('what is silenced is counted, and people are told when the silence is over', () => {
  const rules = [{ name: 'bad', event: 'bad', by: ['key'] }]
  const { bus, clock, told, alerts, lines } = setupAlerts({ rules, groupIntervalMs: 0 })
  alerts.silence({ match: { key: 'a*' }, durationMs: 5_000 })
  for (const key of ['a1', 'b1']) bus.execute('bad', {}, { key })
  assert.equal(lines(true).toSorted(), ['firing bad first', 'suppressed bad silenced'])
  assert.is(alerts.active().find(({ tags }) => tags.key === 'a1')?.mutedBy, 'silenced')
  clock.advance(5_000)
  bus.execute('bad', {}, { key: 'a1' })
  assert.equal(lines(), ['firing bad first'])
  assert.is(told.at(-1)?.measurements.suppressed, 1)
})

test('an end within a silence is told of when the silence is over', () => {
  const rules = [{ name: 'bad', event: 'bad', windowMs: 20_000 }]
  const { bus, clock, alerts, lines } = setupAlerts({ rules })
  bus.execute('bad', {}, {})
  alerts.silence({ match: { rule: 'bad' }, durationMs: 100_000 })
  clock.advance(30_000)
  assert.equal(lines(true), ['firing bad first', 'suppressed bad silenced'])
  clock.advance(80_000)
  assert.equal(lines(true), ['resolved bad resolved'])
})

test('an alert that is inhibited waits for the one that inhibits it, whichever rule comes first', () => {
  const rules = [
    { name: 'slow', event: 'slow', by: ['host'] },
    { name: 'down', event: 'down', by: ['host'], windowMs: 20_000 },
  ]
  const inhibit = [{ source: { rule: 'down' }, target: { rule: 'slow' }, equal: ['host'] }]
  const { bus, clock, lines } = setupAlerts({ rules, inhibit, groupIntervalMs: 0 })
  bus.execute('down', {}, { host: 'a' })
  clock.advance(10_000)
  for (const host of ['a', 'b']) bus.execute('slow', {}, { host })
  assert.equal(lines(true), ['firing down first', 'suppressed slow inhibited', 'firing slow first'])
  clock.advance(10_000)
  assert.equal(lines(), ['resolved down resolved'])
  clock.advance(10_000)
  bus.execute('slow', {}, { host: 'a' })
  assert.equal(lines(), ['firing slow first'])
})

test('what is acknowledged is not repeated, and its end is told of', () => {
  const rules = [{ name: 'bad', event: 'bad', windowMs: 60_000 }]
  const { bus, clock, alerts, lines } = setupAlerts({ rules, suppression: { minIntervalMs: 0 }, groupIntervalMs: 0 })
  bus.execute('bad', {}, {})
  const [active] = alerts.active()
  assert.is(alerts.acknowledge('nobody'), false)
  assert.is(alerts.acknowledge(active?.id ?? '', 'ann'), true)
  bus.execute('bad', {}, {})
  assert.is(alerts.active()[0]?.acknowledgedBy, 'ann')
  assert.equal(lines(true), ['firing bad first', 'acknowledged bad', 'suppressed bad acknowledged'])
  clock.advance(60_000)
  assert.equal(lines(), ['resolved bad resolved'])
  bus.execute('bad', {}, {})
  assert.equal(lines(), ['firing bad again'])
})

test.run()
