import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { createQueue, createSender, post } from '../../src/delivery/index.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { canaries, httpReceiver } from './receiver.ts'

const test = suite('delivery/sender with post')

test('with post, everything arrives over a receiver that is busy now and then, and no event holds the address', async () => {
  const seen: string[] = []
  let requests = 0
  const receiver = await httpReceiver((request, response) => {
    request.on('data', (body) => {
      const answers = [() => response.writeHead(503), () => response.writeHead(400), () => response.destroy()]
      answers[requests++]?.()
      if (requests > 3) seen.push(String(body))
      if (!response.destroyed) response.end(request.url)
    })
  })
  const bus = createBus()
  const { events } = captureEvents(bus, '**')
  const queue = createQueue<string>({ bus, sink: 'webhook' })
  const deliver = (item: string, signal: AbortSignal) => post(receiver.url, item, { signal })
  const sender = createSender(bus, { queue, deliver, random: () => 0, concurrency: 1, failures: 9 })
  for (const item of ['1', '2', '3', '4']) queue.enqueue(item, { key: 'one' })
  // The timers of the system's clock do not keep a process alive, and nothing else is under way between two attempts.
  const alive = setInterval(() => {}, 1_000)
  await sender.flush()
  clearInterval(alive)
  assert.equal(seen, ['2', '3', '4'])
  const { delivered: out, dropped } = queue.ledger.snapshot()
  assert.equal([out, dropped.permanent], [3, 1])
  for (const canary of canaries) assert.not.match(JSON.stringify(events), canary)
  assert.ok(events.some(({ event }) => event === 'telemetry.sink.dropped'))
  sender.close()
  await receiver.close()
})

test.run()
