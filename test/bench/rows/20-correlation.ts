import { AsyncLocalStorage } from 'node:async_hooks'
import { emitting, freshPayload, makeHandler, sink, sondePoints } from '../dispatchers.ts'
import { type Candidate, evaluate, measure, type Scope } from '../harness.ts'
import { attachCorrelation, type Context, createBus, withContext, withCorrelation } from '../library.ts'
import { atMost, type Row } from '../row.ts'
import { polluteBodies } from '../spans.ts'
import { ratioOfRounds } from '../statistics.ts'

const BATCH = 256
const context: Context = {
  correlationId: 'order-17',
  traceId: 'a1'.repeat(16),
  spanId: 'b2'.repeat(8),
  parentSpanId: undefined,
  traceFlags: 1,
  traceState: '',
  baggage: new Map(),
}
const work = evaluate<() => void>('return () => { S[0] += 1 }', { S: sink })

export const row: Row = {
  row: 20,
  work: 'correlation: a scope, and the ids on an event that is heard',
  async run(effort) {
    const timings = await measure(effort, [ourScope(), bareScope(), emitOn('plain'), emitOn('correlated'), spread()])
    const plain = timings.of('plain')
    const enrichment = timings.of('correlated').map((time, round) => time - (plain[round] ?? 0))
    return [
      atMost('a bare AsyncLocalStorage.run, a scope', 1.1, timings.ratio('scope', 'als.run')),
      atMost('one object spread, what the ids add to an event', 1.5, ratioOfRounds(enrichment, timings.of('spread'))),
    ]
  },
}

function ourScope(): Candidate {
  polluteBodies((_metadata, body) => withCorrelation('bench-1', body))
  return { name: 'scope', body: "withCorrelation('bench-2', work)", scope: { withCorrelation, work } }
}

function bareScope(): Candidate {
  const als = new AsyncLocalStorage<{ id: string }>()
  polluteBodies((_metadata, body) => als.run({ id: 'bench-1' }, body))
  return { name: 'als.run', body: "als.run({ id: 'bench-2' }, work)", scope: { als, work } }
}

/** One handler and a fresh payload, within a span. */
function emitOn(name: 'plain' | 'correlated'): Candidate {
  const bus = createBus()
  if (name === 'correlated') attachCorrelation(bus)
  const dispatcher = sondePoints(bus)
  dispatcher.attach('shop.order.placed', makeHandler(dispatcher))
  const { body, scope } = emitting(dispatcher, 'shop.order.placed')
  return batched(name, body, scope)
}

function spread(): Candidate {
  const body = `K.last = { correlation_id: ids.c, trace_id: ids.t, span_id: ids.s, ...${freshPayload.metadata} }`
  return batched('spread', body, { K: { last: {} }, ids: { c: 'order-17', t: 'a1'.repeat(16), s: 'b2'.repeat(8) } })
}

/** Many operations to a scope, so that entering it does not count. */
function batched(name: string, body: string, scope: Scope): Candidate {
  const batch = evaluate<() => void>(`return () => { for (let i = 0; i < ${BATCH}; i++) { ${body} } }`, scope)
  return { name, body: 'withContext(context, batch)', scope: { withContext, context, batch } }
}
