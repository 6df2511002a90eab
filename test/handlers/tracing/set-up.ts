import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { type Bus, createBus, type Metadata } from 'sonde'
import { type Context, newSpanId, newTraceId, SAMPLED } from 'sonde/context'
import { attachTracing, idGenerator, type TracingAttachment, type TracingOptions } from 'sonde/handlers/tracing'
import { type CapturedEvent, captureEvents } from 'sonde/testing'

/** What a test traces with. */
export interface Setting {
  /** Default true: OpenTelemetry keeps contexts. */
  readonly manager?: boolean
  /** Default true: the provider has our `idGenerator`. */
  readonly ids?: boolean
  readonly sampler?: Sampler
  readonly bus?: Bus
  readonly options?: TracingOptions
}

export interface Traced {
  readonly bus: Bus
  readonly tracing: TracingAttachment
  readonly provider: TracerProvider
  /** Every event of the bus. */
  readonly events: readonly CapturedEvent[]
  /** Spans that have ended, in that order. */
  readonly spans: readonly ReadableSpan[]
  /** The only one of that name. */
  span(name: string): ReadableSpan
}

let attached: TracingAttachment[] = []

/** A bus that is traced by a real SDK into memory. */
export function traced({ manager = true, ids = true, sampler, bus = createBus(), options }: Setting = {}): Traced {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    ...(ids && { idGenerator }),
    ...(sampler !== undefined && { sampler }),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  })
  if (manager) keepContexts()
  const tracing = attachTracing(bus, options?.tracer ? options : { tracerProvider: provider, ...options })
  attached.push(tracing)
  const { events } = captureEvents(bus, '**')
  return {
    bus,
    tracing,
    provider,
    events,
    get spans() {
      return exporter.getFinishedSpans()
    },
    span(name) {
      const found = exporter.getFinishedSpans().filter((span) => span.name === name)
      const [only] = found
      if (only === undefined || found.length > 1) throw new Error(`${found.length} spans are called '${name}'`)
      return only
    },
  }
}

/** Registers OpenTelemetry's own context manager. */
export function keepContexts(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
}

/** Detaches what was attached, checks its books, and gives OpenTelemetry's globals back: for `test.after.each`. */
export function tearDown(): void {
  for (const tracing of attached) {
    tracing.detach()
    tracing.ledger.assertConserved()
  }
  attached = []
  trace.disable()
  context.disable()
  propagation.disable()
}

/** What `extract` makes of the headers of a request, as far as it matters. */
export function contextOfCaller(given: Partial<Context> = {}): Context {
  return {
    correlationId: 'job-1',
    traceId: newTraceId(),
    spanId: newSpanId(),
    parentSpanId: undefined,
    traceFlags: SAMPLED,
    traceState: 'vendor=1',
    baggage: new Map(),
    ...given,
  }
}

/** The metadata of the start of an operation. */
export function startOf({ events }: Traced, operation: string): Metadata {
  const start = events.find(({ event }) => event === `${operation}.start`)
  if (start === undefined) throw new Error(`'${operation}' has not started`)
  return start.metadata
}

/** The name of a span's kind. */
export function kindOf(span: ReadableSpan): string | undefined {
  return SpanKind[span.kind]
}

/** Everything told of how an operation went, without ids and times. */
export function attributesOf(span: ReadableSpan): object {
  const { correlation_id, ...rest } = span.attributes
  return rest
}
