import * as assert from 'uvu/assert'
import { classifyWebhook } from '../../src/delivery/outcome.ts'
import { post } from '../../src/delivery/post.ts'
import { createSender } from '../../src/delivery/sender.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { settle } from '../../src/testing/settle.ts'
import { suite } from '../harness/suite.ts'
import { setupQueue } from './queue-setup.ts'
import { httpReceiver } from './receiver.ts'

const test = suite('delivery: what a webhook answers')
const now = Date.UTC(2026, 0, 1)

/** Values of Retry-After, with the milliseconds that they ask for. */
const asked: readonly (readonly [value: string | undefined, ms: number])[] = [
  [undefined, 0],
  ['0', 0],
  ['-1', 0],
  ['5', 5_000],
  ['Thu, 01 Jan 2026 00:00:09 GMT', 9_000],
  ['Wed, 31 Dec 2025 23:59:59 GMT', 0],
  ['1000000000000', 3_600_000],
  ['soon', 0],
]

test('every final status with every Retry-After is read from the wire as the tables say', async () => {
  const receiver = await httpReceiver((request, response) => {
    const [status, index] = (request.headers['x-case'] ?? '').toString().split('/').map(Number)
    const [value] = asked[index ?? 0] ?? []
    response.writeHead(status ?? 0, value === undefined ? {} : { 'retry-after': value }).end()
  })
  const clock = manualClock(now)
  const wrong: string[] = []
  for (let status = 200; status < 600; status++) {
    for (const [index, [value, ms]] of asked.entries()) {
      const headers = { 'x-case': `${status}/${index}` }
      const got = await post(receiver.url, '', { headers, clock, classify: classifyWebhook })
      const wait = got.outcome === 'retry' ? ms : 0
      if (got.status === status && got.outcome === classifyWebhook(status) && (got.retryAfterMs ?? 0) === wait) continue
      wrong.push(`${status}, ${value}: ${JSON.stringify(got)}`)
    }
  }
  await receiver.close()
  assert.equal(wrong, [])
})

test('the next attempt waits for the longer of back-off and Retry-After, an hour at most', async () => {
  for (const jitter of [0.5, 1]) {
    for (const [value, ms] of asked) {
      const receiver = await httpReceiver((_request, response) => {
        response.writeHead(503, value === undefined ? {} : { 'retry-after': value }).end()
      })
      const { bus, clock, queue } = setupQueue()
      clock.advance(now)
      let attempts = 0
      const deliver = async (item: string, signal: AbortSignal) => {
        attempts++
        return post(receiver.url, item, { signal, clock, classify: classifyWebhook })
      }
      const sender = createSender(bus, { queue, deliver, baseMs: 2_000, random: () => jitter })
      queue.enqueue('{}')
      // The wake-up for the retry is the only timer that is left when the attempt has ended.
      while (attempts === 0 || queue.review().takeAt === undefined) await settle(1)
      const wait = Math.max(2_000 * jitter, ms)
      clock.advance(wait - 1)
      await settle()
      assert.is(attempts, 1, `${value}: earlier than ${wait} ms`)
      clock.advance(1)
      await settle()
      assert.is(attempts, 2, `${value}: later than ${wait} ms`)
      sender.close()
      queue.ledger.assertConserved()
      await receiver.close()
    }
  }
})

test.run()
