import { withCorrelation } from 'sonde/context'
import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import { correlatedConsole, type LogConsole } from '../../../handlers/correlation/console.ts'
import { hostilePayloads } from '../../../src/testing/hostile.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/correlation/console', { limitMs: 60_000 })

interface Written {
  readonly method: string
  readonly text: string
}

/** A console that keeps what it is told, and one that writes records to it. */
function recorded(): { log: LogConsole; written: Written[] } {
  const written: Written[] = []
  const keep =
    (method: string) =>
    (...args: unknown[]) => {
      assert.is(args.length, 1)
      written.push({ method, text: String(args[0]) })
    }
  const target = {
    debug: keep('debug'),
    log: keep('log'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
  }
  return { log: correlatedConsole(target, { clock: manualClock(1_767_323_045_678) }), written }
}

/** What is written by one call, which must be one line. */
function recordOf(write: (log: LogConsole) => void): Record<string, unknown> {
  const { log, written } = recorded()
  write(log)
  assert.is(written.length, 1)
  const text = written[0]?.text ?? ''
  // No line end, no control, nothing that turns text around, whatever decides what a line is.
  assert.not.match(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/u)
  return JSON.parse(text)
}

test('a record is one line of JSON with time, level, message and the ids', () => {
  const { log, written } = recorded()
  withCorrelation('mine', () => log.warn('slow'))
  const { trace_id, ...others } = JSON.parse(written[0]?.text ?? '')
  assert.match(trace_id, /^[0-9a-f]{32}$/)
  assert.equal(others, {
    time: '2026-01-02T03:04:05.678Z',
    level: 'warn',
    message: 'slow',
    correlation_id: 'mine',
    trace_flags: '03',
  })
})

test('outside of a context there are no ids', () => {
  assert.equal(Object.keys(recordOf((log) => log.info('hello'))), ['time', 'level', 'message'])
})

test('each method writes to its own and has its level', () => {
  const { log, written } = recorded()
  for (const method of ['debug', 'log', 'info', 'warn', 'error'] as const) log[method]('x')
  assert.equal(
    written.map(({ method, text }) => `${method} ${JSON.parse(text).level}`),
    ['debug debug', 'log info', 'info info', 'warn warn', 'error error'],
  )
})

test('texts and numbers are the message, objects are fields', () => {
  const record = recordOf((log) =>
    log.info('took %d ms', 12, 'in', 'all', { route: '/', nested: { a: [1] } }, null, 5n),
  )
  assert.is(record['message'], 'took 12 ms in all null 5n')
  assert.is(record['route'], '/')
  assert.equal(record['nested'], { a: [1] })
})

test('an error is a field with name, message, stack and cause', () => {
  const cause = new Error('inner')
  const { error } = recordOf((log) => log.error('failed', new TypeError('outer', { cause })))
  assert.match(JSON.stringify(error), /"name":"TypeError","message":"outer","stack":"TypeError: outer/)
  assert.match(JSON.stringify(error), /"cause":\{"name":"Error","message":"inner"/)
})

test('the keys of the record are not overwritten, those of objects stay beside them', () => {
  const record = recordOf((log) => log.info('hello', { message: 'm', level: 3, time: 0, id: 1 }, { id: 2 }, { id: 3 }))
  assert.is(record['message'], 'hello')
  assert.is(record['level'], 'info')
  assert.is(record['message_'], 'm')
  assert.equal([record['id'], record['id_'], record['id__']], [1, 2, 3])
})

test('lists, dates and functions are values', () => {
  const { values } = recordOf((log) => log.info([1, 2], new Date(0), () => 1))
  assert.equal(values, [[1, 2], '1970-01-01T00:00:00.000Z', '[Function]'])
})

test('secrets are redacted', () => {
  const text = JSON.stringify(
    recordOf((log) => log.info('password=hunter2', { token: 'abc123', url: 'https://u:hunter2@host/' })),
  )
  assert.not.match(text, /hunter2|abc123/)
})

test('C9: of any hostile text exactly one line is written, and read again', () => {
  const corpus = [
    'a\nb',
    'a\r\n{"level":"error","message":"forged"}',
    'a\u2028b\u2029c\u0085d\vd\fe',
    '\x1b[2J\x1b[31m\x9b31m\x07\x7f\0',
    '\ud800 \udc00 \ud83d\ude00',
    '\u202eabc\u2066\u200b\ufeff\u{e0001}',
    '"}\\{"',
    '</script><script>alert(1)</script>',
    '%s %d %j %o %O %c %%',
    '\u0000'.repeat(100),
  ]
  for (const text of corpus) {
    const record = recordOf((log) => log.info(text, { text, [text]: text }, new Error(text), [text]))
    const wellFormed = text.replace(/\p{Surrogate}/gu, '\ufffd')
    assert.is(record['text'], wellFormed)
    assert.is(record['message'], wellFormed)
  }
})

test('a text of 1 MB is one line of bounded length', () => {
  const text = '\u2028x'.repeat(500_000)
  const { log, written } = recorded()
  log.info(text, ...Array.from({ length: 1_000 }, () => ({ text })))
  assert.ok((written[0]?.text.length ?? 0) < 100_000)
  assert.match(String(JSON.parse(written[0]?.text ?? '').message), /^\u2028x/)
})

test('nothing that is logged throws', () => {
  for (const { name, measurements, metadata } of hostilePayloads()) {
    for (const value of [measurements, metadata, ...ownValues(metadata)]) {
      const record = recordOf((log) => log.error(name, value))
      assert.ok(String(record['message']).startsWith(name.slice(0, 5)), name)
    }
  }
  const prototype = new Proxy({}, { getPrototypeOf: () => JSON.parse('hostile') })
  recordOf((log) => log.error(Object.create(prototype), Symbol('s'), undefined, -0))
})

test('a program whose console is replaced by it does not run in a circle', () => {
  const lines: unknown[] = []
  const program: LogConsole = { debug() {}, log: (line: unknown) => lines.push(line), info() {}, warn() {}, error() {} }
  Object.assign(program, correlatedConsole(program))
  program.log('hello')
  assert.is(lines.length, 1)
})

/** Where an object can be read at all. */
function ownValues(object: object): unknown[] {
  try {
    return Object.values(object)
  } catch {
    return []
  }
}

test.run()
