import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { addAttributes, KeyTable } from '../../../handlers/tracing/attributes.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/tracing: attributes')

const table = () => new KeyTable({ mapped: 'a.mapped', left_out: false }, new Set(['omitted']))
const written = (record: object, before?: object) => addAttributes({}, record, table(), before)

test('primitives are written as they are, under the attribute that their key stands for', () => {
  const record = { text: 'a', number: 0, half: 0.5, no: false, mapped: 1, left_out: 2, omitted: 3 }
  assert.equal(written(record), { text: 'a', number: 0, half: 0.5, no: false, 'a.mapped': 1 })
})

test('what is no primitive becomes bounded JSON', () => {
  assert.equal(written({ list: ['a', 1], record: { b: { c: true } }, date: new Date(0), map: new Map([['k', 1]]) }), {
    list: '["a",1]',
    record: '{"b":{"c":true}}',
    date: '1970-01-01T00:00:00.000Z',
    map: '{"k":1}',
  })
  const long = written({ list: Array.from({ length: 10_000 }, (_, i) => ({ i })) })
  assert.ok(String(long['list']).length <= 8_192)
})

test('numbers that JSON lacks, bigints and symbols are text; what is not there is left out', () => {
  assert.equal(written({ nan: Number.NaN, big: 12n, sign: Symbol('s'), gone: undefined, none: null }), {
    nan: 'NaN',
    big: '12',
    sign: 'Symbol(s)',
  })
})

test('what looks like a secret is not written, by its key or by its shape', () => {
  const record = {
    password: 'p4ss',
    api_key: 12345,
    note: 'Bearer abcdef123456',
    url: 'https://user:pass@host/',
    card: '4111 1111 1111 1111',
    max_tokens: 5,
    nested: { token: 'a' },
  }
  assert.equal(written(record), {
    password: '[redacted]',
    api_key: '[redacted]',
    note: 'Bearer [redacted]',
    url: 'https://[redacted]@host/',
    card: '[redacted]',
    max_tokens: 5,
    nested: '{"token":"[redacted]"}',
  })
})

test('a secret is not written when it comes again', () => {
  const same = table()
  for (let again = 0; again < 3; again++)
    assert.equal(addAttributes({}, { note: 'Bearer abcdef123456' }, same), { note: 'Bearer [redacted]' })
})

test('a value that was told at the start is not told again', () => {
  const list = [1]
  assert.equal(written({ same: 1, other: 2, list, more: 3 }, { same: 1, other: 1, list }), { other: 2, more: 3 })
})

test('text of any length and kind is bounded and well-formed', () => {
  const { long, broken, line } = written({ long: 'x'.repeat(10_000_000), broken: 'a\ud800b', line: 'a\nb' })
  assert.is(Buffer.byteLength(String(long)), 2_048)
  assert.is(broken, 'a\ufffdb')
  assert.is(line, 'a\nb')
})

test('getters that throw, traps and revoked proxies cost what they guard', () => {
  const guarded = Object.defineProperty({ good: 1 }, 'bad', {
    enumerable: true,
    get() {
      throw new Error('hostile')
    },
  })
  assert.equal(written(guarded), { good: 1, bad: '[Getter]' })
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  assert.equal(written(proxy), {})
  assert.equal(written({ proxy }), { proxy: '[Proxy]' })
})

test('keys may be anything: empty, long, prototype’s, too many', () => {
  const hostile = JSON.parse('{"__proto__":{"x":1},"constructor":1,"toString":2,"ok":3}')
  assert.equal(written(hostile), { toString: 2, ok: 3 })
  const inherited = Object.defineProperty({ list: [1] }, '__proto__', { value: new Error('x'), enumerable: true })
  assert.equal(written(inherited), { list: '[1]' })
  assert.ok(Object.keys(written({ ['k'.repeat(100_000)]: 1 })).every((key) => key.length <= 256))
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]))
  assert.is(Object.keys(written(many)).length, 64)
})

test('whatever the values are, the result is what OpenTelemetry takes, and small', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true, withMap: true })),
      (record) => {
        const attributes = written(record)
        for (const value of Object.values(attributes)) assert.ok(['string', 'number', 'boolean'].includes(typeof value))
        assert.ok(JSON.stringify(attributes).length < 40_000)
      },
    ),
    { numRuns: 500 },
  )
})

test.run()
