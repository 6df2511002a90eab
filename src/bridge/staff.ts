import type { Clock } from '../core/types.ts'
import type { BridgeError, WorkerEnd } from './bridge-error.ts'
import type { Call } from './call.ts'
import type { ControlRules, Settings } from './options.ts'
import { createStartFailures, startError } from './start-failures.ts'
import { type BridgeTelemetry, isPlanned } from './telemetry.ts'
import { type EndReason, Worker } from './worker.ts'

/** How long to wait before a worker that was lost is replaced, in milliseconds: doubled for each start that fails. */
const FIRST_MS = 100
const LONGEST_MS = 30_000
/** When no worker can be started, one is tried this often, in milliseconds. */
const PROBE_MS = 30_000

export interface StaffOptions {
  readonly settings: Settings
  readonly clock: Clock
  readonly telemetry: BridgeTelemetry
  /** A worker can take a call. */
  onFree(worker: Worker): void
  /** A worker has ended. `call`: the one that it was busy with. */
  onEnd(worker: Worker, end: WorkerEnd, call: Call | undefined): void
  /** No worker can be started. */
  onFailure(error: BridgeError): void
  /** Something has happened that somebody may wait for. */
  onChange(): void
}

/** The workers of a pool: started, replaced when they end, and ended. */
export interface Staff {
  readonly workers: readonly Worker[]
  count(state: 'idle' | 'busy'): number
  readonly restarts: number
  /** Why no worker can be started; undefined while they can. */
  readonly failure: BridgeError | undefined
  /** All of them have been ready. */
  readonly isComplete: boolean
  /** Module of each function. */
  readonly functions: ReadonlyMap<string, string>
  /** Replaces what of its telemetry a worker sends, and those after it in its place; gives what it sends now. */
  control(id: string, rules: ControlRules): Promise<unknown>
  readonly ids: readonly string[]
  /** Nobody is started any more. */
  freeze(): void
}

/** A place that a worker is in, one after the other. */
interface Place {
  readonly id: string
  worker: Worker | undefined
  failures: number
  restarts: number
  /** What a worker in this place sends of its telemetry. */
  rules: unknown
  /** What has ended here last; undefined at the first start. */
  lost: { readonly at: number; readonly reason: EndReason } | undefined
}

/** Starts the workers, and keeps every place filled. */
export function createStaff({ settings, clock, telemetry, ...on }: StaffOptions): Staff {
  const places: Place[] = Array.from({ length: settings.workers }, (_, i) => ({
    id: `${settings.name}.${i + 1}`,
    worker: undefined,
    failures: 0,
    restarts: 0,
    rules: {},
    lost: undefined,
  }))
  const startFailures = createStartFailures()
  const timers = new Set<() => void>()
  const startedAt = clock.monotonicTime()
  let functions: ReadonlyMap<string, string> = new Map()
  let failure: BridgeError | undefined
  let isComplete = false
  let isFrozen = false

  const count = (state: 'idle' | 'busy') => places.filter(({ worker }) => worker?.state === state).length
  const total = () => count('idle') + count('busy')
  const later = (ms: number, fn: () => void) => {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel)
      fn()
    })
    timers.add(cancel)
  }
  const stopTimers = () => {
    for (const cancel of timers) cancel()
    timers.clear()
  }

  function start(place: Place): void {
    if (isFrozen || place.worker !== undefined) return
    const spawning = telemetry.spawning(place.id)
    place.worker = new Worker({
      id: place.id,
      settings,
      clock,
      telemetry,
      rules: place.rules,
      events: {
        onReady(worker) {
          spawning.ready(worker)
          ready(place, worker)
        },
        onFree: on.onFree,
        onEnd(worker, end, call) {
          const error = worker.readyAt === undefined ? startError(worker, settings.python, end.stderr) : undefined
          if (error !== undefined) spawning.failed(error)
          place.worker = undefined
          place.lost = { at: clock.monotonicTime(), reason: worker.reason }
          telemetry.terminated(worker, end, total())
          on.onEnd(worker, end, call)
          if (!isFrozen) replace(place, worker, error)
          on.onChange()
        },
      },
    })
  }

  function ready(place: Place, worker: Worker): void {
    const { lost } = place
    functions = worker.functions
    place.failures = 0
    startFailures.succeeded()
    telemetry.spawned(worker, total())
    if (lost !== undefined) {
      place.restarts++
      telemetry.restarted(place.id, clock.monotonicTime() - lost.at, place.restarts, lost.reason)
    }
    if (failure !== undefined) {
      failure = undefined
      telemetry.circuit('closed', startFailures.count)
      for (const other of places) start(other)
    }
    if (!isComplete && total() === places.length) {
      isComplete = true
      telemetry.initialized(clock.monotonicTime() - startedAt, places.length)
    }
    on.onFree(worker)
    on.onChange()
  }

  function replace(place: Place, { reason }: Worker, error: BridgeError | undefined): void {
    if (error !== undefined) {
      place.failures++
      const isHopeless = startFailures.failed(clock.monotonicTime(), total() > 0) || isMissing(error)
      if (isHopeless || failure !== undefined) giveUp(error)
    }
    if (failure !== undefined) return
    const ms = isPlanned(reason) ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(place.failures, 20))
    later(ms, () => start(place))
  }

  function giveUp(error: BridgeError): void {
    failure = error
    telemetry.circuit('opened', startFailures.count, error.code)
    on.onFailure(error)
    // Those that wait for their time are not started before the probe was.
    stopTimers()
    later(PROBE_MS, () => {
      telemetry.circuit('half_open', startFailures.count)
      const empty = places.find(({ worker }) => worker === undefined)
      if (empty !== undefined) start(empty)
    })
  }

  for (const place of places) start(place)

  return {
    get workers() {
      return places.flatMap(({ worker }) => (worker === undefined ? [] : [worker]))
    },
    count,
    get restarts() {
      return places.reduce((sum, { restarts }) => sum + restarts, 0)
    },
    get failure() {
      return failure
    },
    get isComplete() {
      return isComplete
    },
    get functions() {
      return functions
    },
    async control(id, rules) {
      const place = places.find((one) => one.id === id)
      if (place === undefined) return undefined
      const effective = await place.worker?.control(rules)
      // Not those that it was given: it has refused them when they are wrong.
      if (effective !== undefined) place.rules = effective
      return effective
    },
    ids: places.map(({ id }) => id),
    freeze() {
      isFrozen = true
      stopTimers()
    },
  }
}

/** There is no such program: that will not change by trying again soon. */
function isMissing({ cause }: BridgeError): boolean {
  return cause instanceof Error
}
