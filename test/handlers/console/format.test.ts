import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { formatLine, type Line } from '../../../handlers/console/format.ts'
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
