import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { formatBytes, formatDuration, formatLine, type Line } from '../../../handlers/console/format.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('console/format')
const time = Date.UTC(2026, 0, 2, 12, 34, 56, 789)
const units: Record<string, string> = { duration: 'nanosecond', size: 'byte', uptime: 'millisecond' }

function line(given: Partial<Line>, color = false): string {
  const style = { color, unitOf: (key: string) => units[key] }
  return formatLine({ time, event: 'shop.order.stop', measurements: {}, metadata: {}, ...given }, style)
}

test('a line has the time, the event, the numbers and the rest', () => {
  const measurements = { duration: 12_345_678, size: 1_500, uptime: 2_000, count: 3, monotonic_time: 1, system_time: 2 }
  const metadata = { id: 7, outcome: 'ok', note: 'two words', tags: ['a', 1], none: null }
  assert.is(
    line({ measurements, metadata }),
    '12:34:56.789Z shop.order.stop  duration=12.3 ms size=1.5 kB uptime=2 s count=3  ' +
      'id=7 outcome=ok note="two words" tags=["a",1] none=null',
  )
  assert.is(line({}), '12:34:56.789Z shop.order.stop')
})

test('ids of the context stand behind the event’s own keys', () => {
  const ids = { correlation_id: 'order-17', trace_id: 'aa', span_id: 'bb', parent_span_id: 'cc' }
  const expected = 'who=Ada item=tea correlation_id=order-17 trace_id=aa span_id=bb parent_span_id=cc'
  assert.is(line({ metadata: { ...ids, who: 'Ada', item: 'tea' } }), `12:34:56.789Z shop.order.stop  ${expected}`)
  assert.is(
    line({ metadata: { parent_span_id: 'cc', who: 'Ada' } }),
    '12:34:56.789Z shop.order.stop  who=Ada parent_span_id=cc',
  )
})

test('durations have three digits and the unit that fits', () => {
  const expected: [number, string][] = [
    [0, '0 ns'],
    [999, '999 ns'],
    [1_000, '1 µs'],
    [999_499, '999 µs'],
    [999_500, '1 ms'],
    [12_345_678, '12.3 ms'],
    [59_900_000_000, '59.9 s'],
    [60_000_000_000, '1 min'],
    [3_600_000_000_000, '1 h'],
    [93_600_000_000_000, '26 h'],
    [-1_500, '-1.5 µs'],
  ]
  for (const [nanoseconds, text] of expected) assert.is(formatDuration(nanoseconds), text)
})

test('sizes have three digits and the unit that fits', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [999_500, '1 MB'],
    [1_234_567_890, '1.23 GB'],
  ] as const) {
    assert.is(formatBytes(bytes), text)
  }
})

test('a number that is none is shown as it came', () => {
  assert.match(line({ measurements: { duration: 'NaN', count: null } }), 'duration=NaN count=null')
})

test('control characters, line separators and orders to write backwards are escaped', () => {
  const nasty = 'a\nb\r\x1b[2Jc\u2028d\u202ee\x7f\x9bf\u{e0001}'
  assert.match(line({ metadata: { nasty } }), 'nasty="a\\nb\\r\\u001b[2Jc\\u2028d\\u202ee\\u007f\\u009bf\\u{e0001}"')
  assert.match(line({ metadata: { 'k\ney': 1 } }), 'k\\u000aey=1')
})

test('whatever the strings, a line is one line and holds no control characters', () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 })
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.array(text))), text, (metadata, event) => {
      assert.not.match(line({ metadata, measurements: metadata, event }), /[\p{Cc}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('colour is there only when asked for, and red for failures', () => {
  assert.not.match(line({ metadata: { a: 1 } }), '\x1b')
  assert.match(line({ metadata: { a: 1 } }, true), '\x1b[1mshop.order.stop\x1b[0m')
  assert.match(line({ event: 'shop.order.exception' }, true), '\x1b[31mshop.order.exception\x1b[0m')
})

test('a time that is none does not throw', () => {
  assert.match(line({ time: Number.NaN }), '--:--:--.---Z shop')
})

test.run()
