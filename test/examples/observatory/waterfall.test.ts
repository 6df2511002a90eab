import fc from 'fast-check'
import * as assert from 'uvu/assert'
import type { TracedSpan } from '../../../examples/observatory/span-event.ts'
import { type Bar, layOut, MIN_WIDTH, rootOf } from '../../../examples/observatory/waterfall.ts'
import { suite } from '../../harness/suite.ts'
import { byId, span } from './spans.ts'

const test = suite('examples/observatory/waterfall')

/** `id@depth offset+width`, in percent. */
function drawn(bars: readonly Bar[]): string[] {
  return bars.map(
    ({ id, depth, offset, width }) => `${id}@${depth} ${Math.round(offset * 100)}+${Math.round(width * 100)}`,
  )
}

test('children stand behind their parents, one step in, in the order of their starts', () => {
  const { duration, bars } = layOut(
    [
      span('gzip', { parentId: 'archive', start: 1_300, end: 1_500 }),
      span('request', { start: 1_000, end: 2_000 }),
      span('read', { parentId: 'archive', start: 1_100, end: 1_200 }),
      span('archive', { parentId: 'request', start: 1_050, end: 1_900 }),
      span('br', { parentId: 'archive', start: 1_301, end: 1_900 }),
    ],
    5_000,
  )
  assert.equal(drawn(bars), ['request@0 0+100', 'archive@1 5+85', 'read@2 10+10', 'gzip@2 30+20', 'br@2 30+60'])
  assert.is(duration, 1_000 / 1e9)
  assert.is(bars[1]?.duration, 850 / 1e9)
})

test('a child that outlives its parent makes the trace longer', () => {
  const { bars } = layOut(
    [span('request', { end: 50 }), span('late', { parentId: 'request', start: 40, end: 200 })],
    5_000,
  )
  assert.equal(drawn(bars), ['request@0 0+25', 'late@1 20+80'])
})

test('a span whose parent is not here is a root', () => {
  const orphan = span('orphan', { parentId: 'elsewhere', end: 50 })
  const { bars } = layOut([span('child', { parentId: 'orphan' }), span('last', { start: 60 }), orphan], 5_000)
  assert.equal(drawn(bars), ['orphan@0 0+50', 'child@1 0+100', 'last@0 60+40'])
})

test('a span that has not ended has come to now', () => {
  const spans = [span('request', { end: undefined, outcome: 'open' }), span('read', { parentId: 'request', end: 50 })]
  const { duration, bars } = layOut(spans, 200)
  assert.equal(drawn(bars), ['request@0 0+100', 'read@1 0+25'])
  assert.is(duration, 200 / 1e9)
  assert.is(bars[0]?.duration, 200 / 1e9)
})

test('what takes no time can be seen, also at the very end', () => {
  const { bars } = layOut([span('request'), span('mark', { parentId: 'request', start: 100, end: 100 })], 5_000)
  assert.is(bars[1]?.width, MIN_WIDTH)
  assert.is(bars[1]?.offset, 1 - MIN_WIDTH)
  assert.is(bars[1]?.duration, 0)
  const [alone] = layOut([span('alone', { start: 7, end: 7 })], 7).bars
  assert.equal([alone?.offset, alone?.width], [0, MIN_WIDTH])
})

test('spans that are each other’s parents are drawn once', () => {
  const ring = [span('a', { parentId: 'b' }), span('b', { parentId: 'a', start: 10 }), span('own', { parentId: 'own' })]
  assert.equal(
    layOut(ring, 5_000).bars.map(({ id, depth }) => `${id}@${depth}`),
    ['a@0', 'b@1', 'own@0'],
  )
  assert.is(rootOf(byId(...ring))?.id, 'a')
})

test('a trace deeper than the stack is drawn', () => {
  const spans = Array.from({ length: 50_000 }, (_, n) => span(`${n}`, { parentId: `${n - 1}`, start: n, end: 60_000 }))
  assert.is(layOut(spans, 60_000).bars.at(-1)?.depth, 49_999)
})

test('nothing to draw is no bars', () => {
  assert.equal(layOut([], 5_000).bars, [])
  assert.is(rootOf(new Map()), undefined)
})

test('the root is the first to begin of those without a parent here', () => {
  const spans = byId(
    span('child', { parentId: 'request', start: 0 }),
    span('other', { parentId: 'elsewhere', start: 20 }),
    span('request', { start: 10 }),
  )
  assert.is(rootOf(spans)?.id, 'request')
})

const time = fc.oneof(fc.integer({ min: 0, max: 1_000 }), fc.maxSafeNat())
const anySpans: fc.Arbitrary<TracedSpan[]> = fc.uniqueArray(
  fc
    .record({ n: fc.nat(30), parent: fc.option(fc.nat(40)), start: time, end: fc.option(time) })
    .map(({ n, parent, start, end }) =>
      span(`${n}`, { parentId: parent === null ? undefined : `${parent}`, start, end: end ?? undefined }),
    ),
  { selector: ({ id }) => id, maxLength: 30 },
)

test('whatever the spans, each has one bar within the whole, no narrower than can be seen, behind its parent', () => {
  fc.assert(
    fc.property(anySpans, time, (spans, now) => {
      const { bars } = layOut(spans, now)
      assert.equal(bars.map(({ id }) => id).sort(), spans.map(({ id }) => id).sort())
      for (const [index, { depth, offset, width, duration, parentId }] of bars.entries()) {
        assert.ok(offset >= 0 && width >= MIN_WIDTH && offset + width <= 1 + 1e-9, `${offset} and ${width}`)
        assert.ok(duration >= 0, `${duration}`)
        if (depth === 0) continue
        const above = bars.slice(0, index).findLast((bar) => bar.depth < depth)
        assert.equal([above?.id, above?.depth], [parentId, depth - 1])
      }
    }),
    { numRuns: 1_000 },
  )
})

test.run()
