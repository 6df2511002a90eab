import type { AsyncLocalStorage } from 'node:async_hooks'
import type { HrTime, Span } from '@opentelemetry/api'
import type { Detach, Metadata } from 'sonde'
import { RecentSpans } from './recent-spans.ts'

/** An operation that has started and not ended. */
export interface OpenSpan {
  /**
   * What stands for it in OpenTelemetry: its span, or, when it is sampled out, its ids alone. Undefined where nothing is to be
   * traced.
   */
  readonly span: Span | undefined
  /** False: no span is ended for it. */
  readonly isTraced: boolean
  readonly startedAt: HrTime
  /** What its start told, and need not be told again. */
  readonly metadata: Metadata
  readonly owner: SpanOwner
}

/** Who has started a span, and is asked to end it when there is no room. */
export interface SpanOwner {
  cutShort(open: OpenSpan, reason: 'overflow' | 'shutdown'): void
}

/** The ids that the span is to get which is being started at this moment. */
export interface Pending {
  spanId: string | undefined
  /** Undefined when any will do. */
  readonly traceId: string | undefined
}

/** What all attachments and all copies of the library in a process have in common. By span id as in the events. */
export interface Shared {
  readonly open: Map<string, OpenSpan>
  readonly ended: RecentSpans
  /** Operations that have no span here, and what stands for them: the caller of another process, or the span around. */
  readonly standIns: RecentSpans
  pending: Pending | undefined
  /** The link to OpenTelemetry's contexts, while somebody is attached. */
  link: { users: number; hasManager: boolean; detach: Detach } | undefined
  /** Current in what the end of a span causes, where OpenTelemetry keeps no contexts; see `endSpan`. */
  exporting: AsyncLocalStorage<true> | undefined
}

/** Moves on when a state of an older copy could no longer serve code written for this one. */
const KEY = Symbol.for('sonde.tracing.v1')

export const shared: Shared = stateOfProcess()

/** What stands in OpenTelemetry for the operation with this id; undefined when nothing is known of it. */
export function spanById(id: string): Span | undefined {
  return shared.open.get(id)?.span ?? shared.ended.get(id) ?? shared.standIns.get(id)
}

function stateOfProcess(): Shared {
  // The cast: under this key there is only what is put there here.
  const holder = globalThis as { [KEY]?: Shared }
  holder[KEY] ??= {
    open: new Map(),
    ended: new RecentSpans(),
    standIns: new RecentSpans(),
    pending: undefined,
    link: undefined,
    exporting: undefined,
  }
  return holder[KEY]
}
