import type { Clock } from '../core/types.ts'
import { BridgeError, type WorkerEnd } from './bridge-error.ts'
import { Call, type CallRequest } from './call.ts'
import type { ControlRules, Settings } from './options.ts'
import { createStaff } from './staff.ts'
import type { BridgeTelemetry, PoolNumbers } from './telemetry.ts'
import type { EndReason, Worker } from './worker.ts'

const STATUS_MS = 5_000

export interface PoolOptions {
  readonly settings: Settings
  readonly clock: Clock
  readonly telemetry: BridgeTelemetry
}

export interface Pool {
  /** Runs a call when a worker is free, after those that wait. It settles exactly once. */
  submit(request: CallRequest): Call
  cancel(call: Call): void
  /** Resolves when all workers have been ready; rejects when none can be started. */
  ready(): Promise<void>
  numbers(): PoolNumbers & { readonly restarts: number; readonly isFailed: boolean }
  /** Module of a function, when a worker has said so. */
  moduleOf(fn: string): string | undefined
  /** Rules for the telemetry of one worker, or of all; gives those that each sends by now. */
  control(rules: ControlRules, workerId: string | undefined): Promise<ReadonlyMap<string, unknown>>
  /** Takes no more calls, lets those that are there end for so many milliseconds, and ends all workers. */
  close(drainMs: number): Promise<void>
}

/** The calls of a bridge, and who makes them. */
export function createPool({ settings, clock, telemetry }: PoolOptions): Pool {
  const idle: Worker[] = []
  const waiting = new Set<Call>()
  const watchers = new Set<() => void>()
  let closing: Promise<void> | undefined
  const changed = () => {
    for (const watcher of [...watchers]) watcher()
  }
  const staff = createStaff({
    settings,
    clock,
    telemetry,
    onFree: free,
    onChange: changed,
    onEnd(worker, end, call) {
      forget(worker)
      if (call !== undefined) died(call, worker, end)
    },
    onFailure(error) {
      for (const call of [...waiting]) drop(call, error)
    },
  })
  const stopStatus = clock.every(STATUS_MS, () => telemetry.status(numbers()))

  function numbers() {
    const [available, busy] = [staff.count('idle'), staff.count('busy')]
    const isFailed = staff.failure !== undefined
    return { available, busy, total: available + busy, queued: waiting.size, restarts: staff.restarts, isFailed }
  }

  function free(worker: Worker) {
    const due = recycleReason(worker, settings, clock)
    if (due !== undefined) {
      forget(worker)
      worker.stop(due)
      telemetry.recycled(worker)
      return changed()
    }
    const [call] = waiting
    if (call === undefined) {
      if (!idle.includes(worker)) idle.push(worker)
      return changed()
    }
    waiting.delete(call)
    call.stopTimer()
    call.queueTime = clock.monotonicTime() - (call.waitsSince ?? clock.monotonicTime())
    telemetry.waited('dequeued', call.request.fn, call.queueTime, waiting.size, worker.id)
    worker.run(call)
  }

  function forget(worker: Worker): void {
    const at = idle.indexOf(worker)
    if (at >= 0) idle.splice(at, 1)
  }

  /** A worker has ended with a call. */
  function died(call: Call, worker: Worker, end: WorkerEnd) {
    const { fn, idempotent } = call.request
    call.stopTimer()
    call.deaths++
    if (idempotent && call.deaths === 1 && closing === undefined && staff.failure === undefined) {
      telemetry.retry('attempt', fn, 1)
      return enqueue(call)
    }
    if (idempotent) telemetry.retry('exhausted', fn, call.deaths)
    const how = end.signal ?? (end.exitCode === undefined ? worker.reason : `exit code ${end.exitCode}`)
    const isPoisoned = call.deaths > 1
    const problem = isPoisoned ? `two workers have died with '${fn}', the last` : `a worker has died with '${fn}'`
    const code = isPoisoned ? 'poisoned' : 'worker_died'
    call.fail(new BridgeError(code, `${problem}: ${how}`, { worker: end }), worker.id)
  }

  function enqueue(call: Call) {
    const worker = idle.shift()
    if (worker !== undefined) return worker.run(call)
    const { fn, queueTimeoutMs } = call.request
    if (waiting.size >= settings.maxQueue) {
      telemetry.saturated(waiting.size, settings.maxQueue)
      const problem = `${waiting.size} calls wait already; try again later, or give it more workers`
      return call.fail(new BridgeError('saturated', problem))
    }
    waiting.add(call)
    const since = clock.monotonicTime()
    call.waitsSince = since
    call.cancelTimer = clock.after(queueTimeoutMs, () => {
      waiting.delete(call)
      call.queueTime = clock.monotonicTime() - since
      telemetry.waited('timeout', fn, call.queueTime, waiting.size)
      call.fail(new BridgeError('queue_timeout', `no worker was free for '${fn}' in ${queueTimeoutMs} ms`))
    })
    telemetry.enqueued(fn, waiting.size)
  }

  function drop(call: Call, error: BridgeError): void {
    waiting.delete(call)
    call.fail(error)
    changed()
  }

  async function shutDown(drainMs: number): Promise<void> {
    stopStatus()
    await until(() => waiting.size === 0 && staff.count('busy') === 0, drainMs)
    staff.freeze()
    const error = new BridgeError('closed', 'the bridge was closed before the call had a result')
    for (const call of [...waiting]) drop(call, error)
    for (const worker of staff.workers) {
      worker.call?.fail(error, worker.id)
      if (worker.state === 'idle') worker.stop('closed')
      else worker.end('closed')
    }
    await until(() => staff.workers.length === 0, Infinity)
  }

  /** Waits for a condition that `changed` may have made true, or for the time. */
  function until(isTrue: () => boolean, ms: number): Promise<void> {
    if (isTrue()) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = () => {
        watchers.delete(look)
        cancel()
        resolve()
      }
      const cancel = ms === Infinity ? () => {} : clock.after(ms, stop)
      const look = () => {
        if (isTrue()) stop()
      }
      watchers.add(look)
    })
  }

  return {
    submit(request) {
      const call = new Call(request)
      if (closing !== undefined) call.fail(new BridgeError('closed', 'the bridge is closed'))
      else if (staff.failure !== undefined) call.fail(staff.failure)
      else enqueue(call)
      return call
    },
    cancel(call) {
      const problem = `'${call.request.fn}' was called off`
      if (waiting.has(call)) drop(call, new BridgeError('cancelled', problem))
      else staff.workers.find((worker) => worker.call === call)?.giveUp('cancelled', problem)
    },
    async ready() {
      await until(() => staff.isComplete || staff.failure !== undefined || closing !== undefined, Infinity)
      if (!staff.isComplete) throw staff.failure ?? new BridgeError('closed', 'the bridge is closed')
    },
    numbers,
    moduleOf: (fn) => staff.functions.get(fn),
    async control(rules, workerId) {
      const ids = workerId === undefined ? staff.ids : staff.ids.filter((id) => id === workerId)
      const effective = await Promise.all(ids.map(async (id) => [id, await staff.control(id, rules)] as const))
      return new Map(effective.filter(([, one]) => one !== undefined))
    },
    close(drainMs) {
      closing ??= Promise.resolve().then(() => shutDown(drainMs))
      changed()
      return closing
    },
  }
}

function recycleReason(
  { spawnedAt, handled, rss, state }: Worker,
  { recycle }: Settings,
  clock: Clock,
): EndReason | undefined {
  if (state !== 'idle') return undefined
  if (handled >= recycle.maxCalls) return 'max_calls'
  if (rss > recycle.maxMemoryBytes) return 'memory'
  return clock.monotonicTime() - spawnedAt >= recycle.ttlMs * 1e6 ? 'ttl' : undefined
}
