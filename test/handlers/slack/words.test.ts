import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { clean, encode } from '../../../handlers/slack/words.ts'
import { suite } from '../../harness/suite.ts'
import { decode } from './strict-slack.ts'

const test = suite('handlers/slack/words')

const hostile = [
  '<!channel>',
  '<!here> wake up',
  '<@U024BE7LH>',
  '<#C024BE91L>',
  '<!subteam^S1|all>',
  '<http://evil.example|Click>',
  '&lt;!channel&gt;',
  '&amp;lt;!here&amp;gt;',
  '`code` *bold* _it_ ~no~',
  '&&&amp;&<<>>',
  '\u202eevil\u202c',
  'a\u0000b\nc\r\nd\u2028e',
  '\ud800 half',
  '\udc00\ud800',
  '😀'.repeat(50),
]

test('what Slack shows is the text: nobody is mentioned, nothing is a link, nothing is decoded twice', () => {
  for (const text of hostile) {
    const { shown, tokens } = decode(encode(text, 10_000))
    assert.equal(tokens, [], text)
    assert.is(shown, clean(text))
  }
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile)), (text) => {
      const { shown, tokens } = decode(encode(text, 10_000))
      return tokens.length === 0 && shown === clean(text)
    }),
    { numRuns: 5_000 },
  )
})

test('a cut text is as long as it may be at most, ends between characters and entities, and says that it is cut', () => {
  const part = fc.array(fc.constantFrom('&', '<', '>', 'a', '😀', 'é', '&amp;', '\u202e', '\ud800'), { maxLength: 60 })
  fc.assert(
    fc.property(part, fc.integer({ min: 1, max: 40 }), (parts, max) => {
      const text = parts.join('')
      const encoded = encode(text, max)
      const { shown, tokens } = decode(encoded)
      assert.ok(encoded.length <= max)
      assert.equal(tokens, [])
      assert.not.match(encoded, /\p{Surrogate}/u)
      if (shown !== clean(text)) {
        assert.ok(shown.endsWith('…'))
        assert.ok(clean(text).startsWith(shown.slice(0, -1)))
      }
    }),
    { numRuns: 5_000 },
  )
})

test('what would turn, hide or end a line is gone before anything is cut', () => {
  assert.is(clean('\u202egpj.exe\u202c\u200b!'), 'gpj.exe !')
  assert.is(clean('one\ntwo\r\n\u0000three\u2029'), 'one two three')
  assert.is(clean('a\ud800b'), 'a\ufffdb')
  assert.is(encode(`${'\u200b'.repeat(100)}seen`, 10), 'seen')
})

test('a megabyte takes milliseconds', () => {
  const begin = performance.now()
  for (const text of ['<'.repeat(1e6), '\u202e'.repeat(1e6), 'x'.repeat(1e6)]) encode(text, 3_000)
  assert.ok(performance.now() - begin < 1_000)
})

test.run()
