import * as assert from 'uvu/assert'
import { context, fields, links } from '../../../handlers/slack/blocks.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/slack/blocks')

test('a pair without a value is left out, more than ten are, and no pair is no block', () => {
  assert.equal(fields([['a', '']]), [])
  assert.equal(fields([]), [])
  const [block] = fields(Array.from({ length: 12 }, (_, i) => [`k${i}`, i === 3 ? '' : 'v'] as const))
  const texts = block !== undefined && 'fields' in block ? block.fields.map(({ text }) => text) : []
  assert.is(texts.length, 10)
  assert.equal(texts.slice(2, 4), ['*k2*\nv', '*k4*\nv'])
})

test('the text of a link cannot end it', () => {
  const [block] = links([{ text: 'a|b>c', url: 'https://example.com/?a=1&b=2' }])
  const text = block !== undefined && 'text' in block ? block.text.text : ''
  assert.is(text, '<https://example.com/?a=1&amp;b=2|a/b&gt;c>')
  assert.equal(links([]), [])
})

test('small letters are data, and none is no block', () => {
  assert.equal(context([]), [])
  assert.equal(context(['<x>']), [
    { type: 'context', elements: [{ type: 'plain_text', text: '&lt;x&gt;', emoji: false }] },
  ])
})

test.run()
