import * as fc from 'fast-check'
import * as assert from 'uvu/assert'
import { createPacker, type Packet } from '../../../../handlers/statsd/send/packer.ts'
import { suite } from '../../../harness/suite.ts'

const test = suite('handlers/statsd/send/packer')

test('no packet is too long, none could have taken the next line, and all lines are there in order', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'é', '漢'), minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), fc.integer({ min: 181, max: 400 }), (lines, max) => {
      const packets: Packet[] = []
      const packer = createPacker(max, (packet) => packets.push(packet))
      for (const text of lines) assert.ok(packer.add(`${text}\n`, Buffer.byteLength(text) + 1, 1))
      packer.seal()
      assert.is(packer.lines, 0)
      const texts = packets.map(({ data }) => data.toString())
      assert.is(texts.join(''), lines.map((text) => `${text}\n`).join(''))
      assert.is(
        packets.reduce((sum, packet) => sum + packet.lines, 0),
        lines.length,
      )
      for (const [index, { data }] of packets.entries()) {
        assert.ok(data.length <= max)
        const next = packets[index + 1]?.data
        if (next !== undefined) assert.ok(data.length + next.indexOf(10) + 1 > max)
      }
    }),
    { numRuns: 1_000, verbose: true },
  )
})

test('lines that belong together stay together, and what does not fit is refused', () => {
  const packets: Packet[] = []
  const packer = createPacker(20, (packet) => packets.push(packet))
  assert.ok(packer.add('abcdefghijkl\n', 13, 1))
  assert.ok(packer.add('g:0|g\ng:-5|g\n', 13, 2))
  assert.not(packer.add('x'.repeat(21), 21, 1))
  assert.is(packer.lines, 2)
  packer.seal()
  packer.seal()
  assert.equal(
    packets.map(({ data, lines }) => [data.toString(), lines]),
    [
      ['abcdefghijkl\n', 1],
      ['g:0|g\ng:-5|g\n', 2],
    ],
  )
})

test.run()
