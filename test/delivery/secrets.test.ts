import { inspect } from 'node:util'
import * as assert from 'uvu/assert'
import { createBus } from '../../src/core/bus.ts'
import { createExportTracker, createQueue, createSender, type PostOptions, post } from '../../src/delivery/index.ts'
import { captureEvents } from '../../src/testing/capture-events.ts'
import { suite } from '../harness/suite.ts'
import { canaries, httpReceiver } from './receiver.ts'

const test = suite('delivery: secrets')

const headers = { 'x-api-key': 'canary-key', 'x-auth': 'Token canary-token', cookie: 'canary-cookie' }
const basic = btoa(`${canaries[1]}:${canaries[2]}`)
const planted = [...canaries, 'canary', basic]

/** All that is written to the console while `work` runs. */
async function consoleOf(work: () => Promise<void>): Promise<string> {
  const written: string[] = []
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const { write } = process[name]
    // The cast: `write` has overloads that no arrow function has.
    process[name].write = ((text: string | Uint8Array) => written.push(String(text)) > 0) as typeof write
    return () => (process[name].write = write)
  })
  try {
    await work()
  } finally {
    for (const undo of restore) undo()
  }
  return written.join('')
}

test('none is in a result, an event, an error, the books, the status or the console', async () => {
  const statuses = [200, 503, 400, 307]
  const receiver = await httpReceiver((request, response) => {
    const { url = '', headers: sent } = request
    const parts = url.split(/[/?]/)
    const said = JSON.stringify({ url, parts, escaped: url.replaceAll('/', '\\/'), sent })
    response.writeHead(statuses.shift() ?? 200, { location: url, 'x-said': said }).end(said)
  })
  const bus = createBus()
  const { events } = captureEvents(bus, 'telemetry.sink.**')
  const shown: unknown[] = []
  const closed = receiver.url.replace(String(receiver.port), '1')
  const exchanges: readonly (readonly [url: string, options: PostOptions])[] = [
    ...statuses.map((): [string, PostOptions] => [receiver.url, {}]),
    [closed, {}],
    [receiver.url.replace('http:', 'https:'), {}],
    [receiver.url.replace('127.0.0.1', 'canary-host.invalid'), {}],
    [receiver.url, { signal: AbortSignal.abort('canary') }],
    [receiver.url, { maxAnswerBytes: 0 }],
    [receiver.url, { blockPrivate: true }],
    [receiver.url, { headers: { 'x-bad': 'canary\n' } }],
    [`${receiver.url}\u0000`.replace('http', 'canary'), {}],
  ]
  const tracker = createExportTracker(bus, 'webhook')
  const queue = createQueue<number>({ bus, sink: 'webhook' })
  const deliver = (index: number, signal: AbortSignal) => {
    const [url = '', options] = exchanges[index] ?? []
    const attempt = async () => {
      const result = await post(url, '{}', { headers, signal, ...options })
      shown.push(result)
      // What is retried is of no interest here.
      return result.outcome === 'retry' ? { ...result, outcome: 'permanent' as const } : result
    }
    return tracker.run({ points: 1, bytes: 2 }, attempt).catch((error: unknown) => {
      shown.push(error)
      return { outcome: 'permanent' as const, reason: 'thrown' }
    })
  }
  const printed = await consoleOf(async () => {
    // Nobody listens for failures of handlers, so this one is told on the console.
    bus.attach('breaks', 'telemetry.sink.export.exception', () => {
      throw new Error('a handler that fails while it looks at the export')
    })
    const sender = createSender(bus, { queue, deliver, failures: 1_000 })
    for (const index of exchanges.keys()) queue.enqueue(index)
    await sender.flush()
    sender.close()
  })
  await receiver.close()
  queue.ledger.assertConserved()
  assert.is(shown.length, exchanges.length)
  assert.match(printed, 'breaks')
  assert.ok(shown.some((result) => inspect(result).includes('<redacted>')))
  const all = [...shown, events, tracker.status(), queue.ledger.snapshot(), printed]
  for (const one of all) {
    const text = inspect(one, { depth: 12, maxStringLength: null, maxArrayLength: null })
    for (const secret of planted) assert.not(text.includes(secret), `${secret} in ${text}`)
  }
})

test.run()
