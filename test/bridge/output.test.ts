import { Buffer } from 'node:buffer'
import * as assert from 'uvu/assert'
import { captureOutput } from '../../src/bridge/output.ts'
import { suite } from '../harness/suite.ts'

const test = suite('bridge/output')

function capture(...chunks: readonly (string | Buffer)[]) {
  const lines: string[] = []
  const output = captureOutput((line) => lines.push(line))
  for (const chunk of chunks) output.push(Buffer.from(chunk))
  output.end()
  return { lines, tail: output.tail() }
}

test('lines are cut wherever the pieces are, and empty ones are none', () => {
  assert.equal(capture('a\nb', 'c\n\n', 'd').lines, ['a', 'bc', 'd'])
  const bytes = Buffer.from('né\n')
  assert.equal(capture(bytes.subarray(0, 2), bytes.subarray(2)).lines, ['né'])
})

test('a line without an end takes bounded room', () => {
  const { lines, tail } = capture(...Array.from({ length: 100 }, () => 'x'.repeat(100_000)))
  assert.is(lines.length, 1)
  assert.ok((lines[0]?.length ?? 0) <= 4_096)
  assert.is(tail.length, 8_192)
})

test('secrets are in neither', () => {
  const { lines, tail } = capture('password=hunter2 and more\n')
  assert.not.match(`${lines.join()} ${tail}`, 'hunter2')
})

test.run()
