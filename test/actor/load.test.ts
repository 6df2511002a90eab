import * as assert from 'uvu/assert'
import type { MailboxOptions } from '../../src/actor/actor.ts'
import { createActorSystem } from '../../src/actor/system.ts'
import { createBus } from '../../src/core/bus.ts'
import { heldBytes } from '../harness/heap.ts'
import { suite } from '../harness/suite.ts'

/** On the real clock. */
const test = suite('actor/load', { limitMs: 120_000 })

/** For how long a producer produces; 60,000 are run by hand, divided by the four policies. */
const PRODUCE_MS = Number(process.env.SONDE_PRODUCE_MS ?? 600)

for (const overflow of ['wait', 'fail', 'drop_new', 'drop_old'] satisfies MailboxOptions['overflow'][]) {
  test(`a producer a hundred times as fast as its consumer, ${overflow}: each message is accounted for, and memory has a bound`, async () => {
    const system = createActorSystem({ bus: createBus() })
    let handled = 0
    const consumer = system.spawn(
      async () => {
        handled++
        await new Promise((resolve) => setTimeout(resolve, 1))
      },
      { mailbox: { capacity: 100, overflow } },
    )
    const before = heldBytes()
    const results: Record<string, number> = {}
    const until = performance.now() + PRODUCE_MS
    let made = 0
    let peak = 0
    for (; performance.now() < until; made++) {
      const result = await system.send(consumer, { made, text: 'x'.repeat(1_000) })
      results[result] = (results[result] ?? 0) + 1
      if (made % 100 === 0) await new Promise(setImmediate)
      if (made % 10_000 === 0) peak = Math.max(peak, heldBytes() - before)
    }
    await system.idle()
    const { sent = 0, dropped = 0, mailbox_full = 0 } = results
    assert.is(sent + dropped + mailbox_full, made)
    if (overflow === 'drop_old') assert.ok(handled < sent && handled > 50, `${handled} of ${sent}`)
    else assert.is(handled, sent)
    if (overflow === 'wait') assert.is(sent, made)
    else assert.ok(made > 20 * handled, `${made} made, ${handled} handled`)
    assert.ok(peak <= 64 * 2 ** 20, `${peak} bytes`)
  })
}

test('one that never has enough keeps nobody waiting: 99 of 100 messages of others are handled within ten milliseconds', async () => {
  // Whatever else the machine does makes it slower and never faster: the best of three is what the scheduler does.
  let best = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 3 && best > 10; attempt++) best = Math.min(best, await p99BesideHotActor())
  assert.ok(best <= 10, `${best.toFixed(1)} ms`)
})

/** Milliseconds from when a message was sent to one of a thousand actors to when it is handled, beside one that sends itself a million. */
async function p99BesideHotActor(): Promise<number> {
  const system = createActorSystem({ bus: createBus() })
  let left = 1_000_000
  const hot = system.spawn((_message, ctx) => {
    if (--left > 0) ctx.trySend(ctx.self, 'again')
  })
  const waits: number[] = []
  const others = Array.from({ length: 1_000 }, () =>
    system.spawn((sentAt) => void waits.push(performance.now() - Number(sentAt))),
  )
  system.trySend(hot, 'go')
  for (let next = 0; left > 0; ) {
    for (let i = 0; i < 20; i++) system.trySend(others[next++ % others.length] ?? hot, performance.now())
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await system.idle()
  assert.ok(waits.length > 100, `${waits.length} measured`)
  waits.sort((one, other) => one - other)
  return waits[Math.floor(waits.length * 0.99)] ?? Number.POSITIVE_INFINITY
}

test.run()
