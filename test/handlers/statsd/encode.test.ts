import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import type { MetricData } from 'sonde/metrics'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import {
  definition,
  dialectNames,
  encode,
  encodeAll,
  histogram,
  makeEncoder,
  reading,
  textOf,
  window,
} from './readings.ts'
import { applyGauges, lineId, parseStrict } from './strict-parser.ts'

const test = suite('handlers/statsd/encode', { limitMs: 60_000 })

const bounds = [1e6, 10e6, 100e6]
const everything: readonly MetricData[] = [
  reading(definition('counter', 'shop.order.placed.count', { tags: ['channel', 'shop-id'] }), 3, {
    channel: 'web app',
    'shop-id': '',
  }),
  reading(definition('sum', 'shop.order.placed.price', { unit: 'second', tags: ['channel'] }), -2.5e-7, {
    channel: 'a.b',
  }),
  reading(definition('lastValue', 'shop.stock.level', { unit: 'byte' }), 123_456_789),
  reading(definition('lastValue', 'shop.balance'), -5),
  reading(definition('summary', 'shop.order.stop.duration', { unit: 'nanosecond' }), window(12.5e6, 7, 90e6)),
  reading(definition('summary', 'idle.duration', { unit: 'second' }), window(undefined, 2, 0.5)),
  reading(
    definition('distribution', 'shop.pay.stop.duration', { unit: 'nanosecond', tags: ['via'] }),
    histogram(bounds, [3, 0, 1, 2], 5e8),
    {
      via: 'card',
    },
  ),
  reading(definition('distribution', 'shop.basket.size'), histogram([], [4], 10)),
  reading(definition('distribution', 'shop.below', { unit: 'nanosecond' }), histogram([-1e6], [2, 0], -4e6)),
]

for (const dialect of dialectNames) {
  test(`${dialect}: every type is exactly the golden file, and strictly valid`, () => {
    const text = encode(dialect, everything)
    const golden = new URL(`../../golden/statsd-${dialect}.txt`, import.meta.url)
    assert.fixture(text, readFileSync(golden, 'utf8'))
    parseStrict(Buffer.from(text), dialect)
  })

  test(`${dialect}: a negative gauge reads back as negative, whatever stood there before`, () => {
    const level = definition('lastValue', 'level')
    const encoder = makeEncoder(dialect)
    const text = [7, -5, -3, 0, -1].map((value) => textOf(encodeAll(encoder, [reading(level, value)], 0))).join('')
    const [value] = applyGauges(parseStrict(Buffer.from(text), dialect), dialect).values()
    assert.is(value, -1)
  })

  test(`${dialect}: NaN, the infinities and what is no timing are counted and never written`, () => {
    const counts = definition('sum', 'a')
    const times = definition('distribution', 't', { unit: 'second' })
    const encoder = makeEncoder(dialect)
    const encoded = encodeAll(
      encoder,
      [Number.NaN, Number.POSITIVE_INFINITY]
        .map((value) => reading(counts, value))
        .concat(
          reading(definition('lastValue', 'g'), Number.NEGATIVE_INFINITY),
          reading(times, histogram([-1], [2, 0], Number.NaN)),
        ),
      0,
    )
    const lines = parseStrict(Buffer.from(textOf(encoded)), dialect)
    assert.ok(lines.every(({ value }) => Number.isFinite(value)))
    assert.ok(encoded.invalid >= 4)
  })

  test(`${dialect}: what is parsed is what was emitted, whatever the tags are`, () => {
    const evil = fc.string({
      unit: fc.constantFrom('|', ':', ',', '#', '@', '=', '\n', '\r', '\0', ' ', '\ud800', 'é', 'a'),
    })
    const value = fc.oneof(
      evil,
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ minLength: 190, maxLength: 300 }),
    )
    const tags = fc.dictionary(fc.oneof(evil, fc.constantFrom('a', 'b', 'device', '__proto__')), value, { maxKeys: 4 })
    const series = fc.uniqueArray(tags, {
      maxLength: 12,
      minLength: 1,
      selector: (each) =>
        JSON.stringify(
          Object.entries(each)
            .filter(([, of]) => of !== '')
            .sort(),
        ),
    })
    fc.assert(
      fc.property(series, fc.constantFrom('counter', 'lastValue'), (all, type) => {
        const metric = definition(type, 'fuzz.value', { tags: ['a'] })
        const readings = all.map((of, index) => reading(metric, index + 1, of))
        const lines = parseStrict(Buffer.from(encode(dialect, readings)), dialect)
        assert.equal(
          lines.map((line) => line.value),
          all.map((_of, index) => index + 1),
        )
        assert.is(new Set(lines.map(lineId)).size, all.length)
      }),
      { numRuns: Number(process.env['SONDE_FUZZ_RUNS'] ?? 1_000), verbose: true },
    )
  })
}

test('a gauge is sent when it has changed, and again after ten seconds', () => {
  const encoder = makeEncoder('plain')
  const level = (value: number, seconds: number) =>
    textOf(encodeAll(encoder, [reading(definition('lastValue', 'level'), value)], seconds * 1e9))
  const sent = [level(5, 0), level(5, 1), level(6, 2), level(6, 11), level(6, 12), level(6, 13)]
  assert.equal(sent, ['level:5|g\n', '', 'level:6|g\n', '', 'level:6|g\n', ''])
})

test('a negative gauge of plain StatsD is one piece of two lines', () => {
  const { lines } = encodeAll(makeEncoder('plain'), [reading(definition('lastValue', 'level'), -5)], 0)
  assert.equal(lines, [{ text: 'level:0|g\nlevel:-5|g\n', lines: 2 }])
})

test('a window that nothing was added to is sent as gauges alone', () => {
  const metric = definition('summary', 'job.duration', { unit: 'second' })
  const [point] = reading(metric, window(0.25, 9, 3)).points
  if (point === undefined) throw new Error('no point')
  const text = textOf(makeEncoder('plain').encodeWindow(metric, point, 0))
  assert.match(text, 'job.duration.p99:250|g\n')
  assert.not.match(text, '|c')
})

test('Telegraf takes whole counts: what is left over goes with the next ones', () => {
  const encoder = makeEncoder('telegraf')
  const metric = definition('sum', 'time')
  const sent = [0.4, 0.4, 0.4, 2.5, -1.2].map((value) => textOf(encodeAll(encoder, [reading(metric, value)], 0)))
  assert.equal(sent, ['', '', 'time:1|c\n', 'time:2|c\n', ''])
  // 2.5 in all by now, of which 3 were sent, and 0.6 makes it 3.1.
  assert.is(textOf(encodeAll(encoder, [reading(metric, 0.6)], 0)), '')
  assert.is(textOf(encodeAll(encoder, [reading(metric, 1)], 0)), 'time:1|c\n')
})

test.run()
