import { tracingChannel } from 'node:diagnostics_channel'
import { freshPayload, sink } from '../dispatchers.ts'
import { type Candidate, evaluate, measure } from '../harness.ts'
import { createBus } from '../library.ts'
import { probe } from '../probe.ts'
import { atMost, type Effort, type Row } from '../row.ts'
import { listenToSpan, openTelemetryTracer, polluteSpans, timingSubscriber } from '../spans.ts'
import { ratioOfRounds } from '../statistics.ts'

const { metadata } = freshPayload
const work = evaluate<() => Promise<void>>('return async () => { S[0] += 1 }', { S: sink })

export const row: Row = {
  row: 10,
  work: 'span round an async function; what a bare `await` costs beside the library',
  async run(effort) {
    const bus = createBus()
    polluteSpans(bus)
    listenToSpan(bus, 'heard.work')
    const timings = await measure(effort, [
      {
        name: 'span',
        body: `await operation.span(${metadata}, work)`,
        scope: { work, operation: bus.operation('heard.work') },
        asynchronous: true,
      },
      timedChannel(),
      otelSpan(),
    ])
    return [
      atMost('tracePromise with timing', 0.65, timings.ratio('span', 'TracingChannel')),
      atMost('OpenTelemetry SDK span', 0.12, timings.ratio('span', 'OpenTelemetry')),
      atMost('a bare await without the library', 1.03, awaitTax(effort)),
    ]
  },
}

/** Whole processes in turn, as an AsyncLocalStorage that ran once taxes every await from then on. */
function awaitTax({ rounds }: Effort): number {
  const without: number[] = []
  const beside: number[] = []
  for (let round = 0; round < rounds; round++) {
    const measureWithout = () => without.push(probe<number>('probes/await.js', ['alone']))
    const measureBeside = () => beside.push(probe<number>('probes/await.js', ['library']))
    for (const run of round % 2 === 0 ? [measureWithout, measureBeside] : [measureBeside, measureWithout]) run()
  }
  return ratioOfRounds(beside, without)
}

function timedChannel(): Candidate {
  const target = tracingChannel('bench.async')
  const timing = timingSubscriber()
  target.start.subscribe(timing.begin)
  target.asyncEnd.subscribe(timing.finish)
  return {
    name: 'TracingChannel',
    body: `await target.tracePromise(work, ${metadata})`,
    scope: { work, target },
    asynchronous: true,
  }
}

function otelSpan(): Candidate {
  const body = evaluate('return async (span) => { await work(); span.end() }', { work })
  return {
    name: 'OpenTelemetry',
    body: `await tracer.startActiveSpan('bench.async', { attributes: ${metadata} }, body)`,
    scope: { tracer: openTelemetryTracer(), body },
    asynchronous: true,
  }
}
