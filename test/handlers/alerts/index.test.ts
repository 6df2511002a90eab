import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachAlerts } from 'sonde/handlers/alerts'
import { testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { counter, lastValue, summary } from '../../../src/metrics/define.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { suite } from '../../harness/suite.ts'
import { setupAlerts } from './set-up.ts'

const test = suite('handlers/alerts', { limitMs: 30_000 })

const latency = summary('job.done.duration', { tags: ['queue', 'kind'], unit: 'nanosecond' })
const slow = { name: 'slow', metric: 'job.done.duration', stat: 'p99', above: '1s', by: ['queue'] } as const

test('behaves as a handler must', () =>
  testHandler(attachAlerts, {
    options: {
      rules: [
        { name: 'any', event: '**', by: ['route'] },
        { name: 'p99', event: '**', measurement: 'duration', stat: 'p99', above: '1s', by: ['route'] },
      ],
    },
    invalid: [
      {},
      { rules: {} },
      { rules: [], checkIntervalMs: 0 },
      { rules: [], groupWaitMs: -1 },
      { rules: [], groupIntervalMs: Number.NaN },
      { rules: [], groupBy: 'rule' },
      { rules: [], maxAlerts: 0 },
      { rules: [], maxHistory: -1 },
      { rules: [], maintenance: [{ from: '25:00', to: '06:00' }] },
      { rules: [], inhibit: [{ source: 1, target: {} }] },
      { rules: [], suppression: { minIntervalMs: -1 }, directory: '/dev/null/here' },
    ],
  }))

test('two rules of one name are one too many', () => {
  const rules = [slow, slow]
  assert.throws(() => setupAlerts({ rules }, [latency]), /two rules have the same name/)
})

test('a p99 above its limit fires within one check, in the unit of the metric, and is over when it is back', () => {
  const { clock, store, alerts, told, lines } = setupAlerts({ rules: [slow] }, [latency])
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: 'a', kind: 'x' }).record(2e9)
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: 'b', kind: 'x' }).record(1e6)
  clock.advance(10_000)
  assert.equal(lines(), ['firing slow first'])
  assert.equal(told[0]?.metadata.tags, { queue: 'a' })
  assert.is(told[0]?.measurements.threshold, 1e9)
  assert.is(told[0]?.metadata.unit, 'nanosecond')
  assert.equal(
    alerts.active().map(({ tags, announced }) => [tags.queue, announced]),
    [['a', true]],
  )
  clock.advance(60_000)
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: 'a', kind: 'x' }).record(1e6)
  clock.advance(10_000)
  assert.equal(lines(), ['resolved slow resolved'])
  assert.equal(alerts.active(), [])
  assert.equal(
    alerts.history().map(({ status }) => status),
    ['firing', 'resolved'],
  )
})

test('no data changes nothing, neither before nor while it fires', () => {
  const { clock, store, alerts, lines } = setupAlerts({ rules: [slow] }, [latency])
  clock.advance(60_000)
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: 'a' }).record(2e9)
  clock.advance(10_000)
  assert.equal(lines(), ['firing slow first'])
  clock.advance(600_000)
  assert.equal(
    lines().filter((line) => line.startsWith('resolved')),
    [],
  )
  assert.is(alerts.active().length, 1)
})

test('few values mean nothing: 1 error of 1, and a p99 of 99 values', () => {
  const rules = [slow, { name: 'ratio', event: 'job.failed', over: 'job.*', stat: 'ratio', above: '5%' } as const]
  const { bus, clock, store, lines } = setupAlerts({ rules }, [latency])
  bus.execute('job.failed', {}, {})
  for (let i = 0; i < 99; i++) store.bind('job.done.duration', { queue: 'a' }).record(2e9)
  clock.advance(20_000)
  assert.equal(lines(true), [])
  for (let i = 0; i < 19; i++) bus.execute('job.done', {}, {})
  clock.advance(10_000)
  assert.equal(lines(true), [])
  for (let i = 0; i < 19; i++) bus.execute('job.failed', {}, {})
  clock.advance(10_000)
  assert.equal(lines(), ['firing ratio first'])
})

test('an event is an occurrence at once, and the alert is over when none has come for the window', () => {
  const rules = [
    { name: 'full', event: 'pool.saturated', by: ['pool'], windowMs: 30_000, severity: 'critical' } as const,
  ]
  const { bus, clock, told, lines } = setupAlerts({ rules })
  bus.execute('pool.saturated', {}, { pool: 'a' })
  assert.equal(lines(), ['firing full first'])
  assert.is(told[0]?.metadata.severity, 'critical')
  clock.advance(20_000)
  bus.execute('pool.saturated', {}, { pool: 'a' })
  clock.advance(20_000)
  assert.equal(lines(true), ['suppressed full min_interval'])
  clock.advance(10_000)
  assert.equal(lines(), ['resolved full resolved'])
})

test('every occurrence is told of or counted by the next notification', () => {
  const rules = [{ name: 'boom', event: 'boom', windowMs: 600_000 }]
  const { bus, clock, told, alerts } = setupAlerts({ rules, suppression: { occurrenceThreshold: 5 } })
  for (let i = 0; i < 1_004; i++) {
    bus.execute('boom', {}, {})
    clock.advance(300)
  }
  bus.execute('boom', {}, {})
  const fired = told.filter(({ event }) => event === 'firing')
  const sum = fired.reduce((total, { measurements }) => total + 1 + Number(measurements.suppressed), 0)
  assert.equal(
    fired.map(({ measurements }) => measurements.suppressed),
    [4, 999],
  )
  assert.is(sum, 1_005)
  const { occurrences, told: number, suppressed } = alerts.stats()
  assert.equal([occurrences, number, suppressed], [1_005, 2, 1_003])
  assert.is(fired[1]?.metadata.suppressed_first, 1_700_000_000_000 + 5 * 300)
  assert.is(fired[1]?.metadata.suppressed_last, 1_700_000_000_000 + 1_003 * 300)
})

test('a square wave at the limit is told of at most twice and once per interval', () => {
  const gauge = lastValue('queue.depth.size')
  const rules = [{ name: 'deep', metric: 'queue.depth.size', stat: 'last', above: 10 } as const]
  const { clock, store, told } = setupAlerts({ rules, checkIntervalMs: 500, groupIntervalMs: 0 }, [gauge])
  for (let i = 0; i < 600; i++) {
    store.bind('queue.depth.size').record(20)
    clock.advance(500)
    store.bind('queue.depth.size').record(5)
    clock.advance(500)
  }
  const number = told.filter(({ event }) => event === 'firing' || event === 'resolved').length
  assert.ok(number <= 2 + Math.ceil(600 / 300), `${number} notifications`)
  assert.ok(told.some(({ reason }) => reason === 'flapping'))
  clock.advance(600_000)
  assert.is(told.at(-1)?.event, 'resolved')
})

test('ten thousand alerts at once are one notification, and of what comes later there is one per interval', () => {
  const rules = [{ name: 'bad', event: 'bad', by: ['key'] }]
  const { bus, clock, told } = setupAlerts({ rules, groupWaitMs: 1_000, groupIntervalMs: 60_000 })
  for (let i = 0; i < 10_000; i++) bus.execute('bad', {}, { key: `k${i}` })
  assert.is(told.length, 0)
  clock.advance(1_000)
  const ids = () => new Set(told.map(({ metadata }) => metadata.notification_id))
  assert.is(told.length, 10_000)
  assert.is(ids().size, 1)
  clock.advance(20_000)
  bus.execute('bad', {}, { key: 'one more' })
  clock.advance(10_000)
  assert.is(ids().size, 1)
  clock.advance(30_000)
  assert.is(ids().size, 2)
})

test('a rate, a count and an absence are those of the window', () => {
  const jobs = counter('job.done.count', { tags: ['queue'] })
  const rules = [
    { name: 'rate', metric: 'job.done.count', stat: 'rate', above: 5, windowMs: 60_000 },
    { name: 'count', metric: 'job.done.count', stat: 'count', above: 100, windowMs: 60_000, by: ['queue'] },
    { name: 'gone', metric: 'job.done.count', stat: 'absent', windowMs: 60_000 },
  ] as const
  const { clock, store, told, lines } = setupAlerts({ rules, groupIntervalMs: 0 }, [jobs])
  store.bind('job.done.count', { queue: 'a' }).record(60)
  clock.advance(10_000)
  assert.equal(lines(), ['firing rate first'])
  assert.is(told[0]?.measurements.value, 6)
  store.bind('job.done.count', { queue: 'b' }).record(50)
  clock.advance(10_000)
  assert.equal(lines(), [])
  store.bind('job.done.count', { queue: 'b' }).record(51)
  clock.advance(10_000)
  assert.equal(lines(), ['firing count first'])
  clock.advance(60_000)
  assert.equal(lines().toSorted(), ['resolved count resolved', 'resolved rate resolved'])
  clock.advance(10_000)
  assert.equal(lines(), ['firing gone first'])
  store.bind('job.done.count', { queue: 'b' }).record(1)
  clock.advance(10_000)
  assert.equal(lines(), ['resolved gone resolved'])
})

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

test('a rule that fails is told of, and stops no other', () => {
  const fails = () => {
    throw new Error('of the test')
  }
  const rules = [
    { name: 'broken', event: 'bad', keep: fails },
    { name: 'whole', event: 'bad' },
  ]
  const { bus, clock, lines } = setupAlerts({ rules })
  bus.execute('bad', {}, {})
  bus.execute('bad', {}, {})
  assert.equal(lines(), ['rule_failed broken Error: of the test', 'firing whole first'])
  clock.advance(60_000)
  bus.execute('bad', {}, {})
  assert.ok(lines().includes('rule_failed broken Error: of the test'))
  assert.is(bus.stats().failures, 0)
})

test('the watchdog always fires, again and again', () => {
  const { clock, lines } = setupAlerts({ rules: [{ name: 'alive', kind: 'watchdog', severity: 'low' }] })
  clock.advance(320_000)
  assert.equal(lines(), ['firing alive first', 'firing alive repeat'])
})

test('a rule about all events does not hear of alerts', () => {
  const { bus, lines, alerts } = setupAlerts({
    rules: [{ name: 'any', event: '**' }],
    suppression: { minIntervalMs: 0 },
  })
  bus.execute('something.happened', {}, {})
  assert.equal(lines(), ['firing any first'])
  assert.is(alerts.stats().occurrences, 1)
})

test('the message is filled from the alert', () => {
  const summaryOfRule = '{queue}: {value} is {factor} times {threshold}, {unknown}'
  const rules = [{ ...slow, kind: 'performance_degradation', summary: summaryOfRule }]
  const { clock, store, told } = setupAlerts({ rules }, [latency])
  for (let i = 0; i < 200; i++) store.bind('job.done.duration', { queue: '{value}' }).record(2e9)
  clock.advance(10_000)
  assert.is(told[0]?.metadata.message, '{value}: 2 s is 2 times 1 s, {unknown}')
  assert.is(told[0]?.measurements.degradation_factor, 2)
})

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

test('a second one of the same id leaves nothing behind', () => {
  const directory = join(tmpdir(), 'sonde-alerts-never')
  const { bus, clock } = setupAlerts({ rules: [] })
  const before = [bus.listHandlers().length, clock.pending]
  assert.throws(() => attachAlerts(bus, { rules: [{ name: 'a', event: 'a' }], directory }), /already/)
  bus.attach('other.0', 'a', () => {})
  assert.throws(() => attachAlerts(bus, { rules: [{ name: 'a', event: 'a' }], id: 'other' }), /already/)
  bus.detach('other.0')
  assert.equal([bus.listHandlers().length, clock.pending], before)
  assert.is(existsSync(directory), false)
})

test.run()
