import type { Bus, Measurements, Metadata, Operation, Span, SpanOptions } from '../core/types.ts'
import { errorType } from './http-values.ts'

/** How an exchange came to its end. */
export interface ExchangeEnd {
  /** Absent when no response came. */
  readonly status?: number | undefined
  /** Bytes of the response's body. */
  readonly size?: number | undefined
  /** Why the response is not complete: the span ends in `exception`. */
  readonly error?: unknown
  readonly metadata?: Metadata
}

/** One request and its response. */
export interface Exchange {
  readonly span: Span
  readonly ended: boolean
  /** Ends the span. Only the first call counts: several channels and events may tell of the same end. */
  end(how: ExchangeEnd): void
}

/** The requests of one operation that are under way. */
export interface InFlight {
  readonly active: number
  readonly enabled: boolean
  /** Those that began while nobody listened are not counted, at their end either. */
  begin(metadata: Metadata): Exchange
}

interface StartOptions extends SpanOptions {
  readonly measurements: Measurements
}

/** Makes the counter of an operation; a status of `failsFrom` or more is the outcome `error`. */
export function createInFlight(bus: Bus, name: string, failsFrom: number): InFlight {
  const operation: Operation = bus.operation(name)
  let active = 0

  function begin(metadata: Metadata): Exchange {
    active++
    const options: StartOptions = { measurements: { active } }
    const span = operation.start(metadata, options)
    let ended = false
    return {
      span,
      get ended() {
        return ended
      },
      end(how) {
        if (ended) return
        ended = true
        active--
        endSpan(span, how, active, failsFrom)
      },
    }
  }

  return {
    get active() {
      return active
    },
    get enabled() {
      return operation.enabled
    },
    begin,
  }
}

function endSpan(span: Span, { status, size, error, metadata }: ExchangeEnd, active: number, failsFrom: number): void {
  const failed = error === undefined && status !== undefined && status >= failsFrom
  span.measure(size === undefined ? { active } : { active, response_size: size })
  span.set({
    ...metadata,
    ...(status === undefined ? undefined : { status_code: status }),
    ...(error === undefined ? undefined : { error_type: errorType(error) }),
    ...(failed ? { error_type: String(status) } : undefined),
  })
  if (failed) span.fail(String(status))
  if (error === undefined) span.stop()
  else span.exception(error)
}
