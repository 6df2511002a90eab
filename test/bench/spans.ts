import type { Tracer } from '@opentelemetry/api'
import { BasicTracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { sink } from './dispatchers.ts'
import { evaluate } from './harness.ts'
import type { Bus } from './library.ts'

const ignore: SpanProcessor = {
  onStart() {},
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
}

/** A tracer of the SDK that records spans and gives them to nobody: the least that OpenTelemetry costs. */
export function openTelemetryTracer(): Tracer {
  return new BasicTracerProvider({ spanProcessors: [ignore] }).getTracer('bench')
}

/** Subscribers of a TracingChannel that measure a duration, which the channel itself does not. */
export interface TimingSubscriber {
  begin(context: unknown): void
  finish(context: unknown): void
}

export function timingSubscriber(): TimingSubscriber {
  // In scope as a constant: as a global it is a getter, which costs as much again.
  return evaluate<TimingSubscriber>(
    `return {
      begin(context) { context.started = performance.now() },
      finish(context) { S[3] += performance.now() - context.started },
    }`,
    { S: sink, performance },
  )
}

/** One handler on start, stop and exception of an operation. */
export function listenToSpan(bus: Bus, operation: string): void {
  const handler = evaluate<() => void>('return (event, m, md, config) => { S[2] += m.monotonic_time }', { S: sink })
  bus.attachMany(
    `listener of ${operation}`,
    ['start', 'stop', 'exception'].map((end) => `${operation}.${end}`),
    handler,
  )
}

const BODIES = [() => 1, () => 'text', () => undefined, () => false]
const METADATA = [{}, { a: 1 }, { a: 'x', b: 2 }, { tool: 'x', retries: 0, host: 'beta' }]

/** A way to run a function inside a span. */
export type RunSpan = (metadata: { [key: string]: string | number }, body: () => unknown) => unknown

/** Shows a site that runs functions several of them, with several shapes of metadata, as in an app. */
export function polluteBodies(run: RunSpan): void {
  for (let pass = 0; pass < 20_000; pass++) {
    const [metadata, body] = [METADATA[pass % 4], BODIES[(pass >> 2) % 4]]
    if (metadata !== undefined && body !== undefined) run(metadata, body)
  }
}

/** Shows the bus several operations with none to three handlers. */
export function polluteSpans(bus: Bus): void {
  for (let handlers = 0; handlers < 4; handlers++) {
    const name = `pollution.span${handlers}`
    for (let index = 0; index < handlers; index++) {
      const handler = evaluate<() => void>(`return () => { S[4] += ${index} }`, { S: sink })
      bus.attach(`${name}-${index}`, `${name}.*`, handler)
    }
    const operation = bus.operation(name)
    polluteBodies((metadata, body) => operation.span(metadata, body))
  }
}
