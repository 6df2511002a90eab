import { setImmediate as turn } from 'node:timers/promises'
import { manualClock } from 'sonde/testing'
import * as assert from 'uvu/assert'
import type { Format } from '../../../handlers/prometheus/format.ts'
import { createSharedRender } from '../../../handlers/prometheus/shared-render.ts'
import { suite } from '../../harness/suite.ts'

const test = suite('prometheus/shared-render')

interface Render {
  readonly format: Format
  readonly isWanted: () => boolean
  finish(): void
  fail(): void
}

function bench(shareMs = 1_000) {
  const clock = manualClock()
  const renders: Render[] = []
  const shared = createSharedRender(
    (format, isWanted) =>
      new Promise((resolve, reject) => {
        const finish = () => resolve([Buffer.from(String(renders.length))])
        renders.push({ format, isWanted, finish, fail: () => reject(new Error('render')) })
      }),
    clock,
    shareMs,
  )
  return { clock, renders, shared }
}

test('readers within a second of its begin share one render', async () => {
  const { clock, renders, shared } = bench()
  const first = shared.join('text')
  const second = shared.join('text')
  renders[0]?.finish()
  assert.is(await first.pieces, await second.pieces)
  clock.advance(999)
  assert.is(shared.join('text').pieces, first.pieces)
  clock.advance(1)
  shared.join('text')
  assert.is(renders.length, 2)
})

test('a render that takes longer than the second is shared until it is done', () => {
  const { clock, renders, shared } = bench()
  const first = shared.join('text')
  clock.advance(5_000)
  assert.is(shared.join('text').pieces, first.pieces)
  assert.is(renders.length, 1)
})

test('each format is a render of its own', () => {
  const { renders, shared } = bench()
  shared.join('text')
  shared.join('openmetrics')
  assert.equal(
    renders.map(({ format }) => format),
    ['text', 'openmetrics'],
  )
})

test('the work is wanted until the last reader has left, and then begun anew', () => {
  const { renders, shared } = bench()
  const first = shared.join('text')
  const second = shared.join('text')
  first.leave()
  first.leave()
  assert.ok(renders[0]?.isWanted())
  second.leave()
  assert.not.ok(renders[0]?.isWanted())
  shared.join('text')
  assert.is(renders.length, 2)
  assert.ok(renders[1]?.isWanted())
})

test('a failed render is not shared with who comes later', async () => {
  const { renders, shared } = bench()
  const first = shared.join('text')
  renders[0]?.fail()
  await first.pieces.then(
    () => assert.unreachable(),
    () => {},
  )
  shared.join('text')
  assert.is(renders.length, 2)
})

test('with 0 ms only parallel readers share', async () => {
  const { renders, shared } = bench(0)
  const first = shared.join('text')
  assert.is(shared.join('text').pieces, first.pieces)
  renders[0]?.finish()
  await first.pieces
  await turn()
  shared.join('text')
  assert.is(renders.length, 2)
})

test('the result is let go after its time, and close leaves no timer', async () => {
  const { clock, renders, shared } = bench()
  const first = shared.join('text')
  renders[0]?.finish()
  await first.pieces
  await turn()
  assert.is(clock.pending, 1)
  clock.advance(1_000)
  assert.is(clock.pending, 0)
  shared.join('text')
  renders[1]?.finish()
  await turn()
  assert.is(clock.pending, 1)
  shared.close()
  assert.is(clock.pending, 0)
})

test('a render that ends after close leaves no timer', async () => {
  const { clock, renders, shared } = bench()
  shared.join('text')
  shared.close()
  renders[0]?.finish()
  await turn()
  assert.is(clock.pending, 0)
})

test.run()
