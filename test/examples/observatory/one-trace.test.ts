import * as assert from 'uvu/assert'
import type { TraceRow } from '../../../examples/observatory/trace-list.ts'
import type { TraceDetail } from '../../../examples/observatory/traces.ts'
import type { Bar } from '../../../examples/observatory/waterfall.ts'
import { suite } from '../../harness/suite.ts'
import { eventually, startObservatory, urlOf } from './start-observatory.ts'

interface TracesReading {
  readonly slowest: readonly TraceRow[]
  readonly trace?: TraceDetail
}

/** The lists, and the trace `id` with all its spans. */
async function readTraces(url: string, id = ''): Promise<TracesReading> {
  const response = await fetch(`${url}/traces.json?trace=${id}`)
  return JSON.parse(await response.text())
}

/** `name < name of the parent`, as far as the parent is in the trace. */
function lineage(bars: readonly Bar[]): string[] {
  const names = new Map(bars.map(({ id, name }) => [id, name]))
  return bars.map(({ name, parentId }) => `${name} < ${names.get(parentId ?? '')}`)
}

const test = suite('examples/observatory/one-trace', { limitMs: 60_000 })

/** What is around the work of a worker: the request, the call of the desk, and its call of the worker. */
const THROUGH_ACTORS: readonly string[] = [
  '0 http.server.request',
  '1 actor.gen_server.call',
  '1 actor.message.send',
  '2 actor.message.handle',
  '3 actor.gen_server.call',
  '3 actor.message.send',
  '4 actor.message.handle',
]

test('one request through two services is one trace, with a span for every operation below the one that it is in', async () => {
  const run = startObservatory('--port', '0')
  try {
    const url = await urlOf(run)
    const detailOf = (title: string) =>
      eventually(async () => {
        const row = (await readTraces(url)).slowest.find((one) => one.title === title && !one.isOpen)
        return row && (await readTraces(url, row.id)).trace
      })

    const profile = await detailOf('GET /profile/:name')
    const ways = [
      'actor.gen_server.call < http.server.request',
      'actor.message.handle < actor.message.send',
      'actor.message.send < http.server.request',
    ]
    const toWorker = [
      'actor.gen_server.call < actor.message.handle',
      'actor.message.handle < actor.message.send',
      'actor.message.send < actor.message.handle',
    ]
    const expected = [
      // From the request to the desk, which asks for two pages, each from the request to the desk and on to a worker.
      ...[...ways, ...ways, ...ways, ...toWorker, ...toWorker],
      'http.client.request < actor.message.handle',
      'http.client.request < actor.message.handle',
      'http.server.request < http.client.request',
      'http.server.request < http.client.request',
      'http.server.request < undefined',
      'observatory.digest < actor.message.handle',
      'observatory.file.read < actor.message.handle',
      'observatory.file.read < observatory.digest',
    ]
    assert.equal(lineage(profile.bars).sort(), expected.sort())
    const archive = await detailOf('GET /archive')
    assert.equal(
      archive.bars.map(({ name, depth }) => `${depth} ${name}`),
      [...THROUGH_ACTORS, '5 observatory.archive', '6 observatory.file.read'].concat(
        Array.from({ length: 2 }, () => '6 observatory.compress'),
      ),
    )
    const failed = await detailOf('GET /fail')
    assert.equal(
      failed.bars.filter(({ outcome }) => outcome !== 'ok').map(({ name, outcome }) => `${name} ${outcome}`),
      ['http.server.request error', 'observatory.digest exception', 'observatory.file.read exception'],
    )

    for (const { bars, duration, id, correlationId } of [profile, archive, failed]) {
      assert.match(id, /^[0-9a-f]{32}$/)
      assert.is(correlationId, id, 'the driver gives no id of its own')
      assert.ok(bars.every(({ offset, width }) => offset >= 0 && offset + width <= 1 + 1e-9))
      assert.ok(bars.every((bar) => bar.duration > 0 && bar.duration <= duration))
    }
    const unknown = await readTraces(url, '%3Cscript%3E')
    assert.ok(!('trace' in unknown) && unknown.slowest.length > 0)
  } finally {
    run.child.kill('SIGKILL')
  }
})

test('a request that brings ids is found under them', async () => {
  const run = startObservatory('--port', '0')
  try {
    const url = await urlOf(run)
    const service = await eventually(() => /service +(http:[^,\s]+)/.exec(run.output())?.[1])
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const response = await fetch(`${service}/report`, {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-correlation-id': 'order-17' },
    })
    assert.is(response.headers.get('x-correlation-id'), 'order-17')
    await response.text()

    const { trace } = await readTraces(url, traceId)
    assert.is(trace?.correlationId, 'order-17')
    assert.is(trace?.bars[0]?.parentId, 'b7ad6b7169203331', 'the caller is the parent, and not here')
    assert.equal(
      trace?.bars.map(({ name, depth }) => `${depth} ${name}`),
      [...THROUGH_ACTORS, '5 observatory.report', '6 observatory.file.read'],
    )
  } finally {
    run.child.kill('SIGKILL')
  }
})

test.run()
