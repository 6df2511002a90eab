import { createHash } from 'node:crypto'
import * as assert from 'uvu/assert'
import { createDistinct, parseDistinct } from '../../../handlers/usage/distinct.ts'
import { REGISTERS } from '../../../handlers/usage/hyperloglog.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('handlers/usage/distinct')

const hashOf = (value: number) => {
  const digest = createHash('sha256').update(String(value)).digest()
  return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) }
}

function seen(from: number, to: number) {
  const distinct = createDistinct()
  for (let i = from; i < to; i++) distinct.add(hashOf(i))
  return distinct
}

test('up to 256 it is exact, however often they come', () => {
  const distinct = seen(0, 256)
  for (let i = 0; i < 256; i++) distinct.add(hashOf(i))
  assert.is(distinct.count, 256)
  for (let size = 0; size < 256; size += 5) assert.is(seen(0, size).count, size)
})

test('beyond it is within three standard errors, for every size', () => {
  for (const size of [257, 300, 1_000, 3_000, 10_000, 20_000, 100_000]) {
    const { count } = seen(1e6, 1e6 + size)
    assert.ok(Math.abs(count - size) / size < (3 * 1.04) / Math.sqrt(REGISTERS), `${count} of ${size}`)
  }
})

test('two together are what one would be that has seen all', () => {
  for (const [one, other] of [
    [
      [0, 100],
      [50, 120],
    ],
    [
      [0, 5_000],
      [4_000, 4_100],
    ],
    [
      [0, 100],
      [0, 9_000],
    ],
    [
      [0, 9_000],
      [3_000, 12_000],
    ],
  ] as const) {
    const merged = seen(one[0], one[1])
    merged.merge(seen(other[0], other[1]).kept())
    const all = seen(Math.min(one[0], other[0]), Math.max(one[1], other[1]))
    assert.is(merged.count, all.count)
  }
})

test('what is kept comes back, and what is damaged does not', () => {
  for (const size of [0, 10, 5_000]) {
    const kept = parseDistinct(JSON.parse(JSON.stringify(seen(0, size).kept())))
    assert.is(createDistinct(kept).count, seen(0, size).count)
  }
  const bad = [null, 5, {}, { hashes: ['x'] }, { hashes: [1] }, { hashes: new Array(257).fill('0123456789abcdef') }]
  for (const value of [...bad, { sketch: 'AAAA' }, { sketch: Buffer.alloc(REGISTERS, 54).toString('base64') }])
    assert.is(parseDistinct(value), undefined)
})

test.run()
