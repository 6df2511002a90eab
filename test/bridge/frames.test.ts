import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createFrameReader, encodeFrame, MAX_FRAME_BYTES } from '../../src/bridge/frames.ts'
import { heldBytes } from '../harness/heap.ts'
import { suite } from '../harness/suite.ts'

const test = suite('bridge/frames', { limitMs: 60_000 })

function collect() {
  const frames: string[] = []
  const problems: string[] = []
  const reader = createFrameReader({
    onFrame: (text) => void frames.push(text),
    onGarbage: (problem) => void problems.push(problem),
  })
  return { reader, frames, problems }
}

test('texts come out as they went in, in whatever pieces they come', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.integer({ min: 1, max: 9 })), (texts, sizes) => {
      const { reader, frames, problems } = collect()
      const bytes = Buffer.concat(texts.map(encodeFrame))
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = sizes[i % Math.max(1, sizes.length)] ?? 1
        reader.push(bytes.subarray(at, at + size))
        at += size
      }
      assert.equal([frames, problems], [texts, []])
    }),
    { numRuns: 500 },
  )
})

test('garbage is told of once, whatever it is, and nothing is read after it', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), (chunks) => {
      const { reader, frames, problems } = collect()
      for (const chunk of chunks) reader.push(chunk)
      assert.ok(problems.length <= 1)
      const before = frames.length
      if (problems.length === 1) reader.push(encodeFrame('more'))
      assert.ok(problems.length === 0 || frames.length === before)
    }),
    { numRuns: 5_000 },
  )
})

test('a length is looked at before there is room for it', () => {
  const before = heldBytes()
  const { reader, problems } = collect()
  reader.push(Uint8Array.of(255, 255, 255, 255))
  assert.equal(problems, ['a frame of 4294967295 bytes'])
  assert.ok(heldBytes() - before < 2 ** 20)
  assert.throws(() => encodeFrame('x'.repeat(MAX_FRAME_BYTES + 1)), /at most/)
})

test('a text is UTF-8 or garbage', () => {
  const { reader, problems } = collect()
  reader.push(Uint8Array.of(0, 0, 0, 1, 0xff))
  assert.equal(problems, ['a frame that is not UTF-8'])
})

test('Python sends back what it was sent, also a megabyte and while it prints: frames have a pipe of their own', async () => {
  const child = spawn('/usr/bin/env', ['python3', fileURLToPath(new URL('programs/echo.py', import.meta.url))], {
    env: {
      ...process.env,
      PYTHONPATH: fileURLToPath(new URL('../../src/bridge/python', import.meta.url)),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  let printed = 0
  child.stdout?.on('data', (chunk: Buffer) => void (printed += chunk.length))
  const pipe = child.stdio[3]
  if (!(pipe instanceof Duplex)) throw new Error('no pipe')
  const { reader, frames, problems } = collect()
  pipe.on('data', (chunk: Buffer) => reader.push(chunk))
  const texts = Array.from({ length: 300 }, (_, i) => `${i} ${'é'.repeat(i % 10 === 0 ? 20_000 * (i % 50) : i)}`)
  for (const text of texts) pipe.write(encodeFrame(text))
  pipe.end()
  await new Promise((resolve) => child.on('close', resolve))
  assert.equal(problems, [])
  assert.equal(frames.sort(), texts.sort())
  assert.is(printed, 300 * 20_001)
})

test.run()
