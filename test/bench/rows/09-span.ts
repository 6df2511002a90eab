import { tracingChannel } from 'node:diagnostics_channel'
import { freshPayload, sink } from '../dispatchers.ts'
import { type Candidate, evaluate, measure } from '../harness.ts'
import { createBus } from '../library.ts'
import { atMost, type Row } from '../row.ts'
import { listenToSpan, openTelemetryTracer, polluteBodies, polluteSpans, timingSubscriber } from '../spans.ts'

const { metadata } = freshPayload
const work = evaluate<() => void>('return () => { S[0] += 1 }', { S: sink })

export const row: Row = {
  row: 9,
  work: 'span round a synchronous function',
  async run(effort) {
    const bus = createBus()
    polluteSpans(bus)
    listenToSpan(bus, 'heard.work')
    const span = (name: string) => ({
      name,
      body: `operation.span(${metadata}, work)`,
      scope: { work, operation: bus.operation(`${name}.work`) },
    })
    const timings = await measure(effort, [
      directCall(),
      clockReads(),
      span('unheard'),
      span('heard'),
      timedChannel(),
      otelSpan(),
    ])
    return [
      atMost('a direct call, no handler', 1.1, timings.ratio('unheard', 'direct call')),
      atMost('two clock reads', 1.5, timings.ratio('heard', 'clock reads')),
      atMost('TracingChannel with timing', 0.8, timings.ratio('heard', 'TracingChannel')),
      atMost('OpenTelemetry SDK span', 0.08, timings.ratio('heard', 'OpenTelemetry')),
    ]
  },
}

/** Through a site that has called other functions too, as the site inside a span has. */
function directCall(): Candidate {
  const call = evaluate<(body: () => unknown) => unknown>('return (body) => body()', {})
  polluteBodies((_metadata, body) => call(body))
  return { name: 'direct call', body: 'call(work)', scope: { call, work } }
}

function clockReads(): Candidate {
  const body = 'const start = performance.now(); work(); S[1] += performance.now() - start'
  return { name: 'clock reads', body, scope: { work, performance, S: sink } }
}

function timedChannel(): Candidate {
  const target = tracingChannel('bench.work')
  const timing = timingSubscriber()
  target.start.subscribe(timing.begin)
  target.end.subscribe(timing.finish)
  polluteBodies((metadata, body) => target.traceSync(body, { ...metadata }))
  return { name: 'TracingChannel', body: `target.traceSync(work, ${metadata})`, scope: { work, target } }
}

function otelSpan(): Candidate {
  const tracer = openTelemetryTracer()
  polluteBodies((attributes, body) =>
    tracer.startActiveSpan('bench.pollution', { attributes }, (span) => {
      body()
      span.end()
    }),
  )
  return {
    name: 'OpenTelemetry',
    body: `tracer.startActiveSpan('bench.work', { attributes: ${metadata} }, body)`,
    scope: { tracer, body: evaluate('return (span) => { work(); span.end() }', { work }) },
  }
}
