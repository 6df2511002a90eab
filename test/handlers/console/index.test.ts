import { createBus, TelemetryError } from 'sonde'
import { attachConsole } from 'sonde/handlers/console'
import { manualClock, testHandler } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/console', { limitMs: 30_000 })

test('prints one line per event that matches', () => {
  const bus = createBus({ clock: manualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6)) })
  const lines: string[] = []
  attachConsole(bus, { patterns: ['shop.*'], write: (line) => lines.push(line) })
  bus.execute('shop.sold', { duration: 1_500_000, price: 3 }, { item: 'tea', user: 'a\nb' })
  bus.execute('other.thing', {})
  assert.equal(lines, ['03:04:05.006Z shop.sold  duration=1.5 ms price=3  item=tea user="a\\nb"\n'])
})

test('takes units from the catalog', () => {
  const bus = createBus({ clock: manualClock(0) })
  const lines: string[] = []
  attachConsole(bus, { write: (line) => lines.push(line) })
  bus.execute(['node', 'memory'], { rss: 123_456_789 })
  assert.match(lines.join(''), 'rss=123 MB')
})

test('secrets are redacted', () => {
  const bus = createBus()
  const lines: string[] = []
  attachConsole(bus, { write: (line) => lines.push(line) })
  bus.execute('user.login', {}, { password: 'hunter2', headers: { authorization: 'Bearer abcdef0123456789' } })
  assert.is(lines.length, 1)
  assert.not.match(lines.join(''), /hunter2|abcdef0123456789/)
})

test('a sink that throws neither reaches the emitter nor stops the next line', () => {
  const bus = createBus()
  const lines: string[] = []
  attachConsole(bus, {
    write(line) {
      lines.push(line)
      if (lines.length === 1) throw new Error('EPIPE')
    },
  })
  bus.execute('a.b', {})
  bus.execute('a.c', {})
  assert.is(lines.length, 2)
  assert.is(bus.stats().failures, 0)
})

test('colour is off when the sink is not standard output', () => {
  const bus = createBus()
  const lines: string[] = []
  attachConsole(bus, { write: (line) => lines.push(line), patterns: ['a.b'] })
  attachConsole(bus, { write: (line) => lines.push(line), patterns: ['a.b'], color: true, id: 'colourful' })
  bus.execute('a.b', {})
  assert.not.match(lines[0] ?? '', '\x1b')
  assert.match(lines[1] ?? '', '\x1b')
})

test('wrong options throw coded errors', () => {
  const bus = createBus()
  const refused = (options: object, code: string) =>
    assert.throws(
      () => attachConsole(bus, options),
      (error: unknown) => error instanceof TelemetryError && error.code === code,
    )
  refused({ write: 'stdout' }, 'invalid_option')
  refused({ color: 'red' }, 'invalid_option')
  refused({ patterns: ['a..b'] }, 'invalid_pattern')
  refused({ id: '' }, 'invalid_id')
})

test('behaves as a handler must', () =>
  testHandler(attachConsole, { options: { write: () => {} }, invalid: [{ write: 1 }, { color: 1 }, { patterns: [] }] }))

test.run()
