import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { isSecretKey, redactText } from '../../src/layers/redact.ts'
import { toSafe } from '../../src/layers/to-safe.ts'
import { suite } from '../harness/suite.ts'

const test = suite('layers/redact', { limitMs: 60_000 })

test('keys that name a secret are known in any spelling', () => {
  const secret = [
    'password',
    'PASSWD',
    'db_pwd',
    'clientSecret',
    'access-token',
    'Authorization',
    'set-cookie',
    'X-Api-Key',
  ]
  const others = [
    'aws.accessKeyId',
    'private_key',
    'pin',
    'auth',
    'credentials',
    'signature',
    'passphrase',
    'connection string',
  ]
  for (const key of [...secret, ...others]) assert.ok(isSecretKey(key), key)
  for (const key of ['method', 'route', 'author', 'span_id', 'opinion', 'compass', 'key', 'session_id', '']) {
    assert.not.ok(isSecretKey(key), key)
  }
})

test('a number under a key that counts is no secret', () => {
  assert.equal(toSafe({ max_tokens: 100, token_count: 3, token: 123456, has_password: true, cookie: null }), {
    max_tokens: 100,
    token_count: 3,
    token: '[redacted]',
    has_password: true,
    cookie: null,
  })
})

test('a list or record that names a secret hides the value beside the name', () => {
  assert.equal(toSafe(['Accept', '*/*', 'Authorization', 'abc', 'Host', 'x']), [
    'Accept',
    '*/*',
    'Authorization',
    '[redacted]',
    'Host',
    'x',
  ])
  assert.equal(toSafe({ name: 'session_token', value: 'abc' }), { name: 'session_token', value: '[redacted]' })
  assert.equal(toSafe({ name: 'colour', value: 'red' }), { name: 'colour', value: 'red' })
})

test('secrets are known by their looks, and the text around them stays', () => {
  const table: [string, string][] = [
    ['GET https://user:pass@host/path?x=1', 'GET https://[redacted]@host/path?x=1'],
    ['postgres://admin:p@ss@db:5432/x', 'postgres://[redacted]@db:5432/x'],
    ['POST https://hooks.slack.com/services/T0/B0/abcdef ok', 'POST https://hooks.slack.com/[redacted] ok'],
    ['Authorization: Bearer abc.def-123', 'Authorization: [redacted]'],
    ['sent bearer abcdefgh to it', 'sent bearer [redacted] to it'],
    ['Basic dXNlcjpwYXNz sent', 'Basic [redacted] sent'],
    ['id eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end', 'id [redacted] end'],
    ['a -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY----- b', 'a [redacted] b'],
    ['cut -----BEGIN PRIVATE KEY-----\nMIIEvQ', 'cut [redacted]'],
    ['paid with 4111 1111 1111 1111 today', 'paid with [redacted] today'],
    ['paid with 5500-0055-5555-5559', 'paid with [redacted]'],
    ['url?access_token=abc&page=2', 'url?access_token=[redacted]&page=2'],
    ['{"password":"a b","user":"x"}', '{"password":[redacted],"user":"x"}'],
    ["{ api_key: 'abc', n: 1 }", '{ api_key: [redacted], n: 1 }'],
    ['Cookie: sid=abc; theme=dark\nHost: x', 'Cookie: [redacted]\nHost: x'],
    ['key ghp_abcdefghijklmnopqrstuvwx!', 'key [redacted]!'],
    ['AKIAIOSFODNN7EXAMPLE', '[redacted]'],
  ]
  for (const [text, expected] of table) {
    assert.is(redactText(text), expected)
    assert.is(redactText(expected), expected)
  }
})

test('what only resembles a secret stays', () => {
  const harmless = [
    'https://example.com/a@b?c=d',
    '2024-01-01T00:00:00.000Z at src/token.ts:12:3',
    'order 4111 1111 1111 1112',
    '1732190400000000000',
    '4bf92f3577b34da6a3ce929d0e0e4736',
    'basic authentication failed',
    'the secret of the cookie',
  ]
  for (const text of harmless) assert.is(redactText(text), text)
})

test('hostile text is searched in linear time', () => {
  const pieces = [
    '-----BEGIN ',
    'a://',
    'token',
    'token=',
    'token\\',
    'bearer ',
    'basic ',
    'eyJ',
    'cookie:',
    'sk-',
    '4',
    '4 ',
    "='",
    '"',
  ]
  for (const piece of pieces) {
    const cost = (length: number) => {
      const text = piece.repeat(Math.ceil(length / piece.length))
      return Math.min(
        ...Array.from({ length: 5 }, () => {
          const begun = performance.now()
          redactText(text)
          return performance.now() - begun
        }),
      )
    }
    cost(20_000)
    // Sixteen times the text; quadratic time would be 256 times as long.
    assert.ok(cost(320_000) < 64 * Math.max(cost(20_000), 0.1), `'${piece}'`)
  }
})

test('a secret across the end of a string that is cut is no less secret', () => {
  for (const [before, after] of [
    ['https://user:', '@host'],
    ['4111 1111 ', '1111 1111'],
    ['Bearer ', ''],
  ]) {
    const secret = after === '1111 1111' ? '' : 'x'.repeat(200)
    for (let length = 3_990; length < 4_100; length++) {
      const output = String(toSafe(`${'.'.repeat(length)} ${before}${secret}${after}`))
      assert.not.match(output, /x|1111 1|1{2}$/, `after ${length}`)
    }
  }
})

const word = fc.stringMatching(/^[A-Za-z0-9]{20,40}$/)
const digits = fc.constantFrom('4111111111111111', '5500005555555559', '340000000000009', '6011000000000004')

/** A secret, and the form in which it is planted: recognisable by its looks. */
const shaped = fc.oneof(
  word.map((canary) => ({ canary, planted: `Bearer ${canary}` })),
  word.map((canary) => ({ canary, planted: `https://user:${canary}@host/x` })),
  word.map((canary) => ({ canary, planted: `https://hooks.slack.com/services/T1/B1/${canary}` })),
  word.map((canary) => ({ canary, planted: `eyJhbGciOiJIUzI1NiJ9.${canary}.${canary}` })),
  word.map((canary) => ({ canary, planted: `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----` })),
  word.map((canary) => ({ canary, planted: `{"db_password":"${canary}"}` })),
  word.map((canary) => ({ canary, planted: `?api_key=${canary}&x=1` })),
  word.map((canary) => ({ canary, planted: `set-cookie: sid=${canary}; path=/` })),
  word.map((canary) => ({ canary, planted: `ghp_${canary}` })),
  digits.map((canary) => ({ canary, planted: canary })),
)

const secretKey = fc.constantFrom(
  'password',
  'apiKey',
  'access_token',
  'Authorization',
  'cookie',
  'client-secret',
  'privateKey',
)

/** Ways to bury a value in another. */
const burial = fc.constantFrom<(value: unknown, key: string) => unknown>(
  (value) => ({ value }),
  (value) => [value],
  (value) => new Map([['field', value]]),
  (value) => new Set([value]),
  (value) => new Error('outer', { cause: value }),
  (value) => Object.assign(new Error('own'), { details: value }),
  (value) => Object.assign(Object.create({ inherited: 1 }), { value }),
)

test('no planted secret is found in the output, wherever it was', () => {
  const padding = fc.oneof(
    fc.constant(''),
    fc.integer({ min: 3_900, max: 4_700 }).map((length) => `${'.'.repeat(length)} `),
  )
  const text = fc
    .tuple(padding, shaped)
    .map(([before, { canary, planted }]) => ({ canary, planted: `${before}${planted} after` }))
  const inKey = text.map(({ canary, planted }) => ({ canary, planted: { [planted]: 1 } }))
  const inError = text.map(({ canary, planted }) => ({ canary, planted: new Error(planted) }))
  const under = fc.tuple(secretKey, word).chain(([key, canary]) =>
    fc
      .constantFrom<unknown>(
        { [key]: canary },
        { [key]: [canary, { canary }] },
        new Map([[key, canary]]),
        [key, canary],
        {
          name: key,
          value: canary,
        },
      )
      .map((planted) => ({ canary, planted })),
  )
  fc.assert(
    fc.property(
      fc.oneof(text, inKey, inError, under),
      fc.array(burial, { maxLength: 4 }),
      ({ canary, planted }, burials) => {
        const buried = burials.reduce<unknown>((value, bury) => bury(value, 'x'), planted)
        const output = JSON.stringify(toSafe(buried))
        // Not even the half of it.
        assert.not.ok(output.includes(canary.slice(0, 10)), output)
      },
    ),
    { numRuns: 2_000 },
  )
})

test.run()
