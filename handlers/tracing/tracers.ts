import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api'
import { runExporting } from './suppression.ts'

/** The instrumentation scope of our spans. */
const SCOPE = 'sonde'

/** Where spans come from. */
export interface Tracers {
  /** Undefined while there is no SDK. */
  current(): Tracer | undefined
  flush(): Promise<void>
}

/** The tracer given, or that of a provider: the one given, or the global one, which may be registered at any time. */
export function createTracers(tracer: Tracer | undefined, given: TracerProvider | undefined): Tracers {
  let seen: TracerProvider | undefined
  let known: Tracer | undefined
  const provider = () => given ?? trace.getTracerProvider()

  return {
    current() {
      if (tracer !== undefined) return tracer
      const present = provider()
      if (present === seen) return known
      const found = tracerOf(present)
      if (found === undefined) return undefined
      seen = present
      known = found
      return found
    },
    async flush() {
      if (tracer !== undefined) return
      const target: TracerProvider & { forceFlush?(): Promise<void> } = delegateOf(provider())
      try {
        await runExporting(async () => target.forceFlush?.())
      } catch {
        // What became of the spans is the exporter's to tell, through `diag`.
      }
    },
  }
}

/** The global provider stands before one that may not be there yet. */
interface Proxy {
  getDelegate(): TracerProvider
  getDelegateTracer(name: string): Tracer | undefined
}

function isProxy(provider: object): provider is Proxy {
  return 'getDelegateTracer' in provider && 'getDelegate' in provider
}

function tracerOf(provider: TracerProvider): Tracer | undefined {
  return isProxy(provider) ? provider.getDelegateTracer(SCOPE) : provider.getTracer(SCOPE)
}

function delegateOf(provider: TracerProvider): TracerProvider {
  return isProxy(provider) ? provider.getDelegate() : provider
}
