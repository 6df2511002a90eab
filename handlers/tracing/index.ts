import type { Bus, Measurements, Metadata } from 'sonde'
import { correlate } from 'sonde/context'
import { type DropReason, flushOnExit, type Ledger } from 'sonde/delivery'
import { createBooks } from './books.ts'
import { linkContexts } from './link.ts'
import { checkOptions, type TracingOptions } from './options.ts'
import { eventPatterns, type Phase } from './patterns.ts'
import { keepsRatio } from './sampling.ts'
import { createPlan, type PlanSources, type SpanPlan } from './span-plan.ts'
import { SpanRecorder } from './span-recorder.ts'
import { createTracers } from './tracers.ts'

export { type IdGenerator, idGenerator } from './id-generator.ts'
export type { TracingOptions } from './options.ts'
export type { AttributeRule, SpanKindName, SpanRule } from './span-rules.ts'

/** The attachment of `attachTracing`. */
export interface TracingAttachment {
  /** Ends the spans that are open, with the attribute `sonde.incomplete`. Safe to repeat. */
  detach(): void
  /** Has the provider send what it holds; resolves when it has tried. */
  flush(): Promise<void>
  /** Operations that were to be spans, and what became of them. `in_flight` are those that are open. */
  readonly ledger: Ledger<DropReason>
}

/** Names of events that are remembered with their plan. */
const MAX_PLANS = 2_048

/**
 * Makes a span of OpenTelemetry from every operation: kind, name and attributes after the semantic conventions, times, status and what was
 * thrown. You bring the SDK; without one nothing is done.
 *
 * The parent is the span of the operation around, of the caller that `extract` has found, or of OpenTelemetry's own instrumentations;
 * and where a context manager is registered, what they start in a body of ours is within our span. Give the provider `idGenerator`, and
 * events, logs and backend have the same ids.
 *
 * Class of delivery: the SDK's. A span is handed over when its operation ends; 10,000 may be open, the oldest is ended beyond that. Calls
 * `correlate`. Wrong options throw `invalid_option` or `invalid_pattern`, and `already_attached` says that the contexts of another
 * library are linked.
 */
export function attachTracing(bus: Bus, options: TracingOptions = {}): TracingAttachment {
  checkOptions(options)
  const { tracer, tracerProvider, patterns, spans = {}, catalogs = [], ratio = 1, id = 'tracing' } = options
  const tracers = createTracers(tracer, tracerProvider)
  const books = createBooks(bus, id, () => recorder.open)
  const recorder = new SpanRecorder({ clock: bus.clock, keeps: keepsRatio(ratio), books })
  const planOf = createPlans({ spans, catalogs })

  function take(event: string, measurements: Measurements, metadata: Metadata): void {
    try {
      const present = tracers.current()
      if (present === undefined || (patterns === undefined && event.startsWith('telemetry.'))) return
      const { span_id } = metadata
      // Not an operation, but an event of the user's that is called like one.
      if (typeof span_id !== 'string') return
      const { plan, phase } = planOf(event)
      recorder.take({ plan, phase, id: span_id, measurements, metadata }, present)
    } catch {
      books.refuse('invalid')
    }
  }

  const removeHandler = bus.attachMany(id, eventPatterns(patterns ?? ['**']), take, undefined, {
    flush: tracers.flush,
    close() {
      detach()
      return tracers.flush()
    },
  })
  const releases: (() => unknown)[] = [removeHandler]
  try {
    releases.push(linkContexts())
  } catch (error) {
    removeHandler()
    throw error
  }
  releases.push(correlate(bus), flushOnExit(bus))

  function detach(): void {
    for (const release of releases.splice(0)) release()
    recorder.close()
    books.close()
  }

  return { detach, flush: tracers.flush, ledger: books.ledger }
}

/** Finds the plan and the phase of an event by its name. */
function createPlans(sources: PlanSources): (event: string) => { readonly plan: SpanPlan; readonly phase: Phase } {
  const known = new Map<string, { readonly plan: SpanPlan; readonly phase: Phase }>()
  return (event) => {
    const existing = known.get(event)
    if (existing !== undefined) return existing
    const border = event.lastIndexOf('.')
    // The cast: only events with such an end are attached to.
    const phase = event.slice(border + 1) as Phase
    const made = { plan: createPlan(event.slice(0, border), sources), phase }
    if (known.size < MAX_PLANS) known.set(event, made)
    return made
  }
}
