import type { Attachment, Health } from './attachment.ts'
import { describeError, stackOf } from './describe.ts'
import type { Dispatcher, FailureSink } from './dispatcher.ts'
import { TelemetryError } from './errors.ts'
import type { HandlerTable } from './handler-table.ts'
import type { Point } from './point.ts'
import type { Handler, LifecycleEvents, Measurements } from './types.ts'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** An asynchronous trial that takes longer has failed. */
const TRIAL_LIMIT_MS = 60_000
/** One line a handler in this time, when nobody listens to failures. */
const LOG_INTERVAL = 10e9
const FAILURE_EVENT = 'telemetry.handler.failure'

type Notify = <K extends keyof LifecycleEvents>(type: K, notice: LifecycleEvents[K]) => void

/** What the failure of one call led to. */
type Outcome = 'kept' | 'detached' | 'quarantined'

interface Failure {
  readonly attachment: Attachment
  readonly event: string
  readonly kind: 'throw' | 'rejection'
  readonly reason: unknown
  readonly measurements: Measurements
  /** The health's epoch when the call was made. */
  readonly epoch: number
}

export interface Failures extends FailureSink {
  /** Handler calls that threw or rejected. */
  count(): number
}

/**
 * The failure policy: what becomes of a handler that throws or whose promise rejects.
 *
 * A quarantined handler's `fn` is `idle`, so dispatch pays nothing for it; a timer puts a trial in its place.
 */
export function createFailures(table: HandlerTable, dispatcher: Dispatcher, notify: Notify, busName: string): Failures {
  const { clock } = dispatcher
  let count = 0

  function fail(failure: Failure): void {
    const { attachment, epoch } = failure
    count++
    const health = healthOf(attachment)
    health.failures++
    let outcome: Outcome = 'kept'
    if (attachment.gone) {
      outcome = 'detached'
    } else if (attachment.policy === 'detach') {
      outcome = 'detached'
      table.remove(attachment)
      notify('detached', { id: attachment.id, events: attachment.patterns })
    } else if (attachment.policy === 'quarantine') {
      // A call begun before the handler left dispatch tells nothing new about it.
      if (epoch === health.epoch) quarantine(attachment, health)
      if (attachment.state !== 'active') outcome = 'quarantined'
    }
    report(failure, health, outcome)
  }

  function quarantine(attachment: Attachment, health: Health): void {
    const first = attachment.state === 'active'
    const now = clock.monotonicTime()
    if (first) health.quarantinedAt = now
    health.wait = first ? FIRST_WAIT_MS : Math.min(health.wait * 2, LONGEST_WAIT_MS)
    health.retryAt = now + health.wait * 1e6
    health.epoch++
    setDispatch(attachment, dispatcher.idle)
    attachment.state = 'quarantined'
    health.cancel?.()
    health.cancel = clock.after(health.wait, () => {
      attachment.state = 'probation'
      setDispatch(attachment, trialOf(attachment, health))
    })
    notify('quarantined', { id: attachment.id, retryIn: health.wait * 1e6 })
  }

  /** Stands in the dispatch for one call of the real handler. */
  function trialOf(attachment: Attachment, health: Health): Handler {
    return (event, measurements, metadata, config) => {
      const epoch = ++health.epoch
      setDispatch(attachment, dispatcher.idle)
      health.trying = true
      const result: unknown = (attachment.handler as Handler<string, unknown>)(event, measurements, metadata, config)
      health.trying = false
      const then = thenOf(result)
      if (then === undefined) {
        recover(attachment, health)
        return
      }
      const failed = (reason: unknown) => fail({ attachment, event, kind: 'rejection', reason, measurements, epoch })
      health.cancel = clock.after(TRIAL_LIMIT_MS, () => {
        failed(new TelemetryError('timeout', `the trial call of '${attachment.id}' took longer than 60 s`))
      })
      then.call(
        result,
        () => {
          if (health.epoch === epoch) recover(attachment, health)
        },
        failed,
      )
    }
  }

  function recover(attachment: Attachment, health: Health): void {
    if (attachment.gone) return
    const quarantinedFor = clock.monotonicTime() - health.quarantinedAt
    health.cancel?.()
    health.cancel = undefined
    health.epoch++
    setDispatch(attachment, attachment.handler)
    attachment.state = 'active'
    dispatcher.emit('telemetry.handler.recovered', { quarantined_for: quarantinedFor }, { handler_id: attachment.id })
    notify('recovered', { id: attachment.id, quarantinedFor })
  }

  function setDispatch(attachment: Attachment, fn: Handler): void {
    if (attachment.gone) return
    attachment.fn = fn
    for (const point of table.pointsOf(attachment)) point.replace(attachment)
  }

  function report({ attachment, event, kind, reason, measurements }: Failure, health: Health, outcome: Outcome): void {
    const point = table.resolve(FAILURE_EVENT)
    // Failures of a handler of this very event would report each other for ever.
    if (event === FAILURE_EVENT || !point.enabled) {
      log(attachment, event, reason, health, outcome)
      return
    }
    const monotonic = clock.monotonicTime()
    const times = { monotonic_time: monotonic, system_time: clock.wallTime(monotonic), failures: health.failures }
    const waiting = outcome === 'quarantined' ? { retry_in: Math.max(0, health.retryAt - monotonic) } : undefined
    dispatcher.emit(
      FAILURE_EVENT,
      { ...times, ...waiting },
      {
        event,
        handler_id: attachment.id,
        config: attachment.config,
        kind,
        reason,
        stacktrace: stackOf(reason),
        state: outcome,
        failed_measurements: measurements,
      },
    )
  }

  function log(attachment: Attachment, event: string, reason: unknown, health: Health, outcome: Outcome): void {
    const now = clock.monotonicTime()
    if (now - health.loggedAt < LOG_INTERVAL) {
      health.unlogged++
      return
    }
    const more = health.unlogged > 0 ? ` (and ${health.unlogged} failures more since the last line)` : ''
    health.loggedAt = now
    health.unlogged = 0
    const state = outcome === 'quarantined' ? `quarantined for ${health.wait / 1_000} s` : outcome
    const bus = busName === '' ? '' : ` of bus '${busName}'`
    const what = `[sonde] handler '${attachment.id}'${bus} failed on '${event}' and is ${state}: ${describeError(reason)}`
    try {
      console.error(oneLine(what + more))
    } catch {
      // A console that throws must not reach the emitter either.
    }
  }

  return {
    count: () => count,
    threw(attachment, point, reason, measurements) {
      const { health } = attachment
      // A call that was on the stack when a nested one failed began before the quarantine.
      const current = attachment.state === 'active' || health?.trying === true
      if (health !== undefined) health.trying = false
      const epoch = current ? (health?.epoch ?? 0) : -1
      fail({ attachment, event: point.name, kind: 'throw', reason, measurements, epoch })
    },
    returned(attachment, point: Point, result, measurements) {
      const then = thenOf(result)
      if (then === undefined) return
      const epoch = attachment.health?.epoch ?? 0
      const event = point.name
      then.call(result, undefined, (reason: unknown) => {
        fail({ attachment, event, kind: 'rejection', reason, measurements, epoch })
      })
    },
  }
}

function healthOf(attachment: Attachment): Health {
  attachment.health ??= {
    failures: 0,
    epoch: 0,
    trying: false,
    quarantinedAt: 0,
    wait: 0,
    retryAt: 0,
    cancel: undefined,
    loggedAt: Number.NEGATIVE_INFINITY,
    unlogged: 0,
  }
  return attachment.health
}

type Then = (this: unknown, onFulfilled: (() => void) | undefined, onRejected: (reason: unknown) => void) => unknown

/** The `then` of a thenable. A getter that throws does so into the dispatch, which reports it. */
function thenOf(value: unknown): Then | undefined {
  if (typeof value !== 'object' || value === null || !('then' in value)) return undefined
  const then: unknown = value.then
  return typeof then === 'function' ? (then as Then) : undefined
}

/** Control characters out: one failure is one line, whatever the reason holds. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').slice(0, 1_000)
}
