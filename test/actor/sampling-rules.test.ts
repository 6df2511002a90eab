import * as assert from 'uvu/assert'
import { type ActorSampling, actorSampling } from '../../src/actor/sampling-rules.ts'
import { createStore } from '../../src/metrics/create-store.ts'
import { joerlMetrics } from '../../src/metrics/joerl-metrics.ts'
import { suite } from '../harness/suite.ts'
import { setupActors } from './set-up.ts'

const test = suite('actor/sampling-rules')

const MESSAGES = 20_000

/** Messages, each with a signal that is ignored, under sampling: what was emitted, and what counters say. */
async function run(rates: ActorSampling) {
  const { system, bus } = setupActors()
  bus.control({ sampling: actorSampling(rates) })
  const store = createStore({ metrics: joerlMetrics, clock: bus.clock })
  const emitted: Record<string, number> = {}
  bus.attach('store', 'actor.**', (event, measurements, metadata) => {
    emitted[event] = (emitted[event] ?? 0) + 1
    store.recorder(event)?.(measurements, metadata)
  })
  const pid = system.spawn(() => {}, { mailbox: { capacity: MESSAGES } })
  for (let i = 0; i < MESSAGES; i++) {
    system.trySend(pid, i)
    system.exit(pid, 'normal')
  }
  await system.idle()
  const counted = (name: string) =>
    [...store.points(`joerl.${name}`)].reduce(
      (sum, { value }) => sum + (typeof value === 'number' ? value : value.count),
      0,
    )
  return { emitted: (event: string) => emitted[`actor.${event}`] ?? 0, counted }
}

/** How far a count that is estimated from a share of `rate` is from the truth, in standard deviations. */
function deviation(estimate: number, rate: number): number {
  return Math.abs(estimate - MESSAGES) / Math.sqrt((MESSAGES * (1 - rate)) / rate)
}

test('a share is kept of each kind by itself, and counters are as if all were', async () => {
  const { emitted, counted } = await run({ message_sampling_rate: 10, signal_sampling_rate: 1 })
  const sent = emitted('message.sent')
  assert.ok(sent > 1_700 && sent < 2_300, String(sent))
  assert.is(emitted('message.dequeued'), MESSAGES)
  for (const name of ['messages_sent_total', 'messages_processed_total', 'message_processing_duration_seconds'])
    assert.ok(deviation(counted(name), 0.1) <= 4, `${name} ${counted(name)}`)
  for (const name of ['signals_sent_total', 'signals_received_total', 'signals_ignored_total'])
    assert.ok(deviation(counted(name), 0.01) <= 4, `${name} ${counted(name)}`)
  assert.is(counted('message_queue_wait_seconds'), MESSAGES)
  assert.is(counted('exit_signals_by_reason_total'), MESSAGES)
})

test('nothing of it is kept at 0, all at 100, and life and death always', async () => {
  const { emitted } = await run({ message_sampling_rate: 0, queue_wait_sampling_rate: 100, signal_sampling_rate: 0 })
  for (const event of ['message.sent', 'message.send.start', 'message.handle.stop', 'signal.sent', 'signal.ignored'])
    assert.is(emitted(event), 0, event)
  assert.is(emitted('message.dequeued'), MESSAGES)
  assert.is(emitted('spawned'), 1)
})

test('what is no rate is refused', () => {
  // The cast: a program in JavaScript may pass anything.
  for (const rates of [{ message_sampling_rate: 101 }, { signal_sampling_rate: Number.NaN }, { panics: 5 }])
    assert.throws(() => actorSampling(rates as ActorSampling), /sampling/)
  assert.equal(actorSampling({}), [])
})

test.run()
