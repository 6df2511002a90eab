import { emitting, freshPayload, makeHandler, sondePoints } from '../dispatchers.ts'
import { type Candidate, evaluate, measure, type Scope } from '../harness.ts'
import { attachCorrelation, type Context, createBus, withContext } from '../library.ts'
import { probe } from '../probe.ts'
import { atMost, type Effort, type Row } from '../row.ts'
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
export const row: Row = {
  row: 20,
  work: 'correlation: a scope, and the ids on an event that is heard',
  async run(effort) {
    const timings = await measure(effort, [emitOn('plain'), emitOn('correlated'), spread()])
    const plain = timings.of('plain')
    const enrichment = timings.of('correlated').map((time, round) => time - (plain[round] ?? 0))
    return [
      atMost('a bare AsyncLocalStorage.run, a scope', 1.1, scopes(effort)),
      atMost('one object spread, what the ids add to an event', 1.5, ratioOfRounds(enrichment, timings.of('spread'))),
    ]
  },
}

/** Whole processes in turn: of two storages in one process the second costs twice as much. */
function scopes({ rounds }: Effort): number {
  const [ours, bare]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const measureOurs = () => ours.push(probe<number>('probes/scope.js', ['ours']))
    const measureBare = () => bare.push(probe<number>('probes/scope.js', ['bare']))
    for (const run of round % 2 === 0 ? [measureOurs, measureBare] : [measureBare, measureOurs]) run()
  }
  return ratioOfRounds(ours, bare)
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
