import { createBus } from 'sonde'
import { attachAlertConsole } from 'sonde/handlers/console'
import { manualClock, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import { tell } from '../../notify/tell.ts'

const test = suite('console/alerts', { limitMs: 30_000 })

function setUp(options: Parameters<typeof attachAlertConsole>[1] = {}) {
  const bus = createBus({ clock: manualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6)) })
  const lines: string[] = []
  attachAlertConsole(bus, { write: (line) => lines.push(line), ...options })
  return { bus, lines }
}

test('prints an alert and its end, one line each', () => {
  const { bus, lines } = setUp()
  tell(bus, {}, { suppressed: 2, degradation_factor: 1.5 })
  tell(bus, {}, {}, 'telemetry.alert.resolved')
  assert.equal(lines, [
    '03:04:05.006Z HIGH slow slow is above its limit  value=1.5 s threshold=1 s factor=1.5  route=/orders  ' +
      'occurrences=1 suppressed=2 reason=first since=2023-11-14T22:13:20.000Z kind=threshold id=id-slow\n',
    '03:04:05.006Z RESOLVED slow slow is above its limit  value=1.5 s threshold=1 s  route=/orders  ' +
      'occurrences=1 suppressed=0 reason=resolved since=2023-11-14T22:13:20.000Z lasted=1 min severity=high kind=threshold id=id-slow\n',
  ])
})

test('prints from the least severity up, and what matches', () => {
  const { bus, lines } = setUp({ minSeverity: 'high', match: { rule: 'mi*' } })
  for (const severity of ['critical', 'high', 'medium', 'low']) tell(bus, { rule: 'mine', severity })
  tell(bus, { rule: 'other', severity: 'critical' })
  assert.equal(
    lines.map((line) => line.split(' ')[1]),
    ['CRITICAL', 'HIGH'],
  )
})

test('nothing in an alert can break its line or command a terminal', () => {
  const { bus, lines } = setUp()
  const nasty = 'a\nb\r\u001b[2J\u2028\u202e'
  const words = { rule: nasty, message: nasty, kind: nasty, reason: nasty, alert_id: nasty, unit: nasty }
  tell(bus, { ...words, tags: { [nasty]: nasty }, started_at: Number.NaN })
  assert.is(lines.length, 1)
  assert.not.match(lines[0]?.slice(0, -1) ?? '', /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
})

test('a sink that throws neither reaches the emitter nor stops the next line', () => {
  let calls = 0
  const write = () => {
    calls++
    throw new Error('EPIPE')
  }
  const { bus } = setUp({ write })
  tell(bus)
  tell(bus)
  assert.is(calls, 2)
  assert.is(bus.stats().failures, 0)
})

test('colours are of the severity, and only when asked for', () => {
  const { bus, lines } = setUp({ color: true })
  tell(bus, { severity: 'critical' })
  tell(bus, {}, {}, 'telemetry.alert.resolved')
  assert.match(lines[0] ?? '', '\x1b[31mCRITICAL\x1b[0m')
  assert.match(lines[1] ?? '', '\x1b[32mRESOLVED\x1b[0m')
  const plain = setUp()
  tell(plain.bus)
  assert.not.match(plain.lines[0] ?? '', '\x1b')
})

test('behaves as a handler must', () =>
  testHandler(attachAlertConsole, {
    options: { write: () => {} },
    invalid: [{ minSeverity: 'urgent' }, { write: 1 }, { color: 1 }, { match: [] }].map((each) => ({ ...each })),
  }))

test.run()
