import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Clock, Span } from '../../src/core/types.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'
import { thrownBy } from './untyped.ts'

const test = suite('core/span-listened')

test('with no handler on any of the three no clock is read, nothing is emitted, and the body still runs', () => {
  const refuse = (): never => {
    throw new Error('the clock was read')
  }
  const clock: Clock = { wallTime: refuse, monotonicTime: refuse, after: refuse, every: refuse }
  const bus = createBus({ clock })
  const events = record(bus, 'other.*', 'op', 'op.start.more')
  const spans: Span[] = []

  const returned = bus.span('op', {}, (span) => {
    spans.push(span.set({ a: 1 }).measure({ b: 1 }).fail('reason'))
    return 1
  })

  assert.is(returned, 1)
  assert.is(spans[0]?.id, '')
  assert.is(events.length, 0)
  assert.is(bus.stats().openSpans, 0)
  assert.is(thrownBy(() => bus.span('op', {}, () => refuse())) instanceof Error, true)
})

test('a handler attached during an unlistened span hears nothing of it', () => {
  const bus = createBus()

  const events = bus.span('op', {}, () => record(bus, 'op.*'))

  assert.is(events.length, 0)
})

for (const last of ['stop', 'exception']) {
  test(`a handler on ${last} alone gets it complete`, () => {
    const bus = createBus({ clock: manualClock() })
    const events = record(bus, `op.${last}`)
    const reason = new Error('broken')

    try {
      bus.span('op', { who: 'me' }, () => {
        if (last === 'exception') throw reason
      })
    } catch (error) {
      assert.is(error, reason)
    }

    assert.is(events.length, 1)
    assert.is(events[0]?.metadata['who'], 'me')
    assert.match(String(events[0]?.metadata['span_id']), /^[0-9a-f]{16}$/)
    assert.equal(events[0]?.measurements, { duration: 0, monotonic_time: 0 })
  })
}

test.run()
