import type { AsyncLocalStorage } from 'node:async_hooks'
import type { HrTime, Span } from '@opentelemetry/api'
import type { Detach, Metadata } from 'sonde'

/** An operation that has started and not ended. */
export interface OpenSpan {
  /**
   * What stands for it in OpenTelemetry: its span, or, when it is left out, its ids alone. Undefined where nothing is to be
   * traced.
   */
  span: Span | undefined
  /** False: no span is ended for it. */
  isTraced: boolean
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
  /** As the event has it; when it is no trace id, any will do. */
  readonly traceId: unknown
}

/** What all attachments and all copies of the library in a process have in common. */
export interface Shared {
  /** By span id as in the events. */
  readonly open: Map<string, OpenSpan>
  /** The id that was last taken out of `open` by an end: the same end may be told to several attachments. */
  lastEnded: string
  pending: Pending | undefined
  /** The link to OpenTelemetry's contexts, while somebody is attached. */
  link: { users: number; hasManager: boolean; detach: Detach } | undefined
  /** Current in what the end of a span causes, where OpenTelemetry keeps no contexts; see `endSpan`. */
  exporting: AsyncLocalStorage<true> | undefined
}

/** Moves on when a state of an older copy could no longer serve code written for this one. */
const KEY = Symbol.for('sonde.tracing.v1')

export const shared: Shared = stateOfProcess()

function stateOfProcess(): Shared {
  // The cast: under this key there is only what is put there here.
  const holder = globalThis as { [KEY]?: Shared }
  holder[KEY] ??= { open: new Map(), lastEnded: '', pending: undefined, link: undefined, exporting: undefined }
  return holder[KEY]
}
