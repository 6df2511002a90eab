import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import * as assert from 'uvu/assert'
import { suite } from '../../harness/suite.ts'
import type { Plain } from '../otlp/official.ts'
import { startHttpReceiver } from '../otlp/receiver.ts'
import { attributesOf } from '../otlp/strict-streams.ts'
import type { ServiceConfig } from './children/service.ts'

/** Two HTTP services in two processes, their spans sent by the official exporter to the strict receiver. */
const test = suite('handlers/tracing end to end', { limitMs: 60_000 })
const program = fileURLToPath(new URL('children/service.ts', import.meta.url))

const [INTERNAL, SERVER, CLIENT] = [1, 2, 3]
const OK = undefined
const ERROR = 2

/** What a service has told of its operations. */
interface Told {
  readonly event: string
  readonly span_id: string
  readonly parent_span_id?: string
  readonly trace_id: string
}

async function startService(config: ServiceConfig): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = fork(program, [JSON.stringify(config)], { execArgv: ['--import', 'tsx'] })
  const [{ url }] = await once(child, 'message')
  return { url, child }
}

async function stopService(child: ChildProcess): Promise<readonly Told[]> {
  child.send('end')
  const [{ events }] = await once(child, 'message')
  await once(child, 'exit')
  return events
}

/** One request through both, and what has become of it. */
async function checkout(changes: Partial<ServiceConfig>, headers: Record<string, string> = {}) {
  const receiver = await startHttpReceiver()
  const config = { collector: receiver.url, next: '', manager: true, ids: true, ratio: 1 }
  // The second has a ratio of its own, and follows the first.
  const stock = await startService({ ...config, ...changes, name: 'stock', ratio: 1 })
  const shop = await startService({ ...config, ...changes, name: 'shop', next: stock.url })
  try {
    const answer = await (await fetch(`${shop.url}/checkout/7`, { headers })).text()
    const told = [...(await stopService(shop.child)), ...(await stopService(stock.child))]
    return { answer, told, spans: receiver.streams.spans, problems: receiver.problems }
  } finally {
    shop.child.kill()
    stock.child.kill()
    await receiver.close()
  }
}

/** Spans by name, with the name of their parent: `service/name`. */
function treeOf(spans: readonly Plain[]): Record<string, readonly unknown[]> {
  const nameOf = ({ service, name }: Plain) => `${service}/${name}`
  const names = new Map(spans.map((span) => [span['spanId'], nameOf(span)]))
  return Object.fromEntries(
    spans.map((span) => {
      const { parentSpanId, kind, status } = span
      const { code } = Object(status)
      return [nameOf(span), [names.get(parentSpanId) ?? parentSpanId ?? '', kind, code || OK]]
    }),
  )
}

const within = (root: string) => ({
  'shop/GET /checkout/:cart': [root, SERVER, OK],
  'shop/shop.checkout': ['shop/GET /checkout/:cart', INTERNAL, OK],
  'shop/shop.price': ['shop/shop.checkout', INTERNAL, OK],
  'shop/GET': ['shop/shop.checkout', CLIENT, OK],
  'stock/GET /stock/:id': ['shop/GET', SERVER, OK],
  'stock/stock.find': ['stock/GET /stock/:id', INTERNAL, OK],
  'stock/stock.cache': ['stock/stock.find', INTERNAL, ERROR],
  'stock/stock.read': ['stock/stock.find', INTERNAL, OK],
})

for (const manager of [true, false]) {
  test(`one request through two services is one trace, with the ids of the events (context manager: ${manager})`, async () => {
    const { answer, told, spans, problems } = await checkout({ manager })
    assert.is(answer, '42 in stock')
    assert.equal(problems, [])
    assert.equal(treeOf(spans), within(''))
    const starts = told.filter(({ event }) => event.endsWith('.start'))
    assert.is(starts.length, spans.length)
    for (const { event, span_id, parent_span_id = '', trace_id } of starts) {
      const span = spans.find(({ spanId }) => spanId === span_id)
      assert.ok(span, event)
      assert.is(span?.['traceId'], trace_id, event)
      assert.is(span?.['parentSpanId'] ?? '', parent_span_id, event)
    }
    assert.is(new Set(spans.map(({ traceId }) => traceId)).size, 1)
  })
}

test('with ids of the SDK it is one trace too, and ours are attributes', async () => {
  const { told, spans, problems } = await checkout({ ids: false })
  assert.equal(problems, [])
  assert.equal(treeOf(spans), within(''))
  assert.is(new Set(spans.map(({ traceId }) => traceId)).size, 1)
  const ours = spans.flatMap(attributesOf).filter((text) => text.startsWith('sonde.span_id='))
  const starts = told.filter(({ event }) => event.endsWith('.start'))
  assert.equal(ours.sort(), starts.map(({ span_id }) => `sonde.span_id=${span_id}`).sort())
})

test('a trace that the first leaves out is left out by the second', async () => {
  const { spans, problems } = await checkout({ ratio: 0 })
  assert.equal([spans, problems], [[], []])
})

test('a caller from outside is the root of both', async () => {
  const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
  const { spans, problems } = await checkout(
    { manager: false },
    { traceparent: `00-${caller.traceId}-${caller.spanId}-01` },
  )
  assert.equal(problems, [])
  assert.equal(treeOf(spans), within(caller.spanId))
  assert.ok(spans.every(({ traceId }) => traceId === caller.traceId))
})

test('a caller that has not sampled its trace is followed by both', async () => {
  const { spans, problems } = await checkout(
    {},
    { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00' },
  )
  assert.equal([spans, problems], [[], []])
})

test.run()
