import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import type { Bus } from '../../src/core/types.ts'
import { suite } from '../harness/suite.ts'
import { record } from './recorder.ts'
import { turn } from './turn.ts'

const test = suite('core/span-async in Node')

/** The reasons of the unhandled rejections that `act` causes. */
async function unhandledRejections(act: () => void): Promise<unknown[]> {
  const reasons: unknown[] = []
  const listener = (reason: unknown) => void reasons.push(reason)
  process.on('unhandledRejection', listener)
  try {
    act()
    for (let i = 0; i < 5; i++) await turn()
  } finally {
    process.off('unhandledRejection', listener)
  }
  return reasons
}

const listened: readonly (readonly [string, (bus: Bus) => void])[] = [
  ['nobody listens', () => {}],
  ['somebody listens to start', (bus) => void record(bus, 'op.start')],
  ['somebody listens to all three', (bus) => void record(bus, 'op.*')],
]

for (const [when, listen] of listened) {
  test(`a rejection that nobody handles is exactly one unhandledRejection when ${when}`, async () => {
    const bus = createBus()
    listen(bus)
    const reason = new Error('nobody awaits this')

    const reasons = await unhandledRejections(() => void bus.span('op', {}, () => Promise.reject(reason)))

    assert.is(reasons.length, 1)
    assert.is(reasons[0], reason)
  })

  test(`a rejection that the caller handles is no unhandledRejection when ${when}`, async () => {
    const bus = createBus()
    listen(bus)
    let handled = 0

    const reasons = await unhandledRejections(() => {
      bus
        .span('op', {}, async () => {
          await turn()
          throw new Error('handled')
        })
        .catch(() => void handled++)
    })

    assert.is(handled, 1)
    assert.equal(reasons, [])
  })
}

test('ten thousand rejecting handlers cause no unhandledRejection', async () => {
  const bus = createBus({ onFailure: 'keep' })
  const failures = record(bus, 'telemetry.handler.failure')
  bus.attach('h', 'a', async () => {
    throw new Error('broken')
  })

  const reasons = await unhandledRejections(() => {
    for (let i = 0; i < 10_000; i++) bus.execute('a', {})
  })

  assert.equal(reasons, [])
  assert.is(failures.length, 10_000)
})

test.run()
