import { bridgeEvents } from '../catalog/bridge.ts'
import { bridgePoolEvents } from '../catalog/bridge-pool.ts'
import { bridgeWorkerEvents } from '../catalog/bridge-worker.ts'
import { exemptFromSampling } from '../catalog/exempt-from-sampling.ts'
import type { Bus } from '../core/types.ts'
import { createTelemetryStream, type TelemetryStream } from './telemetry-stream.ts'
import type { EndReason, Worker } from './worker.ts'

/** The numbers of a pool. */
export interface PoolNumbers {
  readonly available: number
  readonly busy: number
  readonly total: number
  readonly queued: number
}

/** What a pool says of itself. */
export interface BridgeTelemetry {
  initialized(duration: number, total: number): void
  status(numbers: PoolNumbers): void
  enqueued(fn: string, depth: number): void
  /** A call that has waited has a worker now, or has none in time. */
  waited(how: 'dequeued' | 'timeout', fn: string, queueTime: number, depth: number, workerId?: string): void
  saturated(depth: number, max: number): void
  /** A worker is being started; what it gives is told how that ends. */
  spawning(workerId: string): { ready(worker: Worker): void; failed(error: unknown): void }
  spawned(worker: Worker, total: number): void
  terminated(worker: Worker, end: { exitCode: number | undefined; signal: string | undefined }, total: number): void
  restarted(workerId: string, downtime: number, count: number, reason: EndReason): void
  recycled(worker: Worker): void
  unhealthy(worker: Worker, missed: number): void
  heartbeat(
    what: 'started' | 'sent' | 'received' | 'missed' | 'failed' | 'stopped',
    worker: Worker,
    measurements?: { readonly round_trip?: number; readonly missed?: number },
  ): void
  circuit(what: 'opened' | 'half_open' | 'closed', failures: number, reason?: string): void
  retry(what: 'attempt' | 'exhausted', fn: string, attempt: number): void
  /** A reply that nobody waits for any more. */
  late(worker: Worker): void
  /** Takes what a worker emits. */
  stream(worker: Worker): TelemetryStream
  /** A worker has said by which rules it sends. */
  acknowledged(worker: Worker, rules: unknown): void
  /** Somebody wants to know of each call what the worker says of it. */
  watchesCalls(): boolean
  printed(worker: Worker, stream: 'stdout' | 'stderr', message: string): void
}

const PLANNED: ReadonlySet<EndReason> = new Set(['closed', 'ttl', 'max_calls', 'memory'])

export function isPlanned(reason: EndReason): boolean {
  return PLANNED.has(reason)
}

export function createBridgeTelemetry(bus: Bus, pool: string): BridgeTelemetry {
  exemptFromSampling(bridgeEvents, bridgePoolEvents, bridgeWorkerEvents)
  const now = () => bus.clock.monotonicTime()
  const whose = ({ id }: Worker) => ({ pool, worker_id: id })
  const enqueued = bus.event('bridge.pool.enqueued')
  const log = bus.event('python.log')
  const calls = bus.operation('python.call')

  return {
    initialized: (duration, total_workers) =>
      bus.execute('bridge.pool.initialized', { duration, total_workers }, { pool }),
    status({ available, busy, total, queued }) {
      const measurements = {
        available_workers: available,
        busy_workers: busy,
        total_workers: total,
        queue_depth: queued,
      }
      bus.execute('bridge.pool.status', measurements, { pool })
    },
    enqueued(fn, queue_depth) {
      if (enqueued.enabled) enqueued.execute({ queue_depth }, { pool, function: fn })
    },
    waited(how, fn, queue_time, queue_depth, workerId) {
      const metadata = { pool, function: fn, ...(workerId !== undefined && { worker_id: workerId }) }
      bus.execute(`bridge.pool.${how}`, { queue_time, queue_depth }, metadata)
    },
    saturated: (queue_depth, max_queue_depth) =>
      bus.execute('bridge.pool.saturated', { queue_depth, max_queue_depth }, { pool }),
    spawning(worker_id) {
      const span = bus.startSpan('bridge.worker.spawn', { pool, worker_id })
      return {
        ready: ({ osPid, python }) =>
          span.stop({}, { ...(osPid !== undefined && { os_pid: osPid }), python_version: python }),
        failed: (error) => span.exception(error),
      }
    },
    spawned(worker, total_workers) {
      const { osPid = 0, python, spawnedAt, readyAt = spawnedAt } = worker
      const metadata = { ...whose(worker), python_version: python, os_pid: osPid }
      bus.execute('bridge.worker.spawned', { startup_time: readyAt - spawnedAt, total_workers }, metadata)
    },
    terminated(worker, { exitCode, signal }, total_workers) {
      const { reason, handled, spawnedAt } = worker
      const measurements = { lifetime: now() - spawnedAt, operations_handled: handled, total_workers }
      const how = { ...(exitCode !== undefined && { exit_code: exitCode }), ...(signal !== undefined && { signal }) }
      bus.execute('bridge.worker.terminated', measurements, {
        ...whose(worker),
        reason,
        planned: isPlanned(reason),
        ...how,
      })
    },
    restarted: (worker_id, downtime, restart_count, reason) =>
      bus.execute('bridge.worker.restarted', { downtime, restart_count }, { pool, worker_id, reason }),
    recycled(worker) {
      const { reason, handled, spawnedAt, rss } = worker
      if (reason !== 'ttl' && reason !== 'max_calls' && reason !== 'memory') return
      const measurements = { lifetime: now() - spawnedAt, operations_handled: handled, ...(rss > 0 && { memory: rss }) }
      bus.execute('bridge.worker.recycled', measurements, { ...whose(worker), reason })
    },
    unhealthy: (worker, missed) =>
      bus.execute('bridge.worker.health_check_failed', { missed }, { ...whose(worker), reason: 'heartbeat' }),
    heartbeat(what, worker, measurements = {}) {
      bus.execute(`bridge.heartbeat.${what}`, measurements, whose(worker))
    },
    circuit(what, failures, reason) {
      bus.execute(`bridge.circuit.${what}`, { failures }, { pool, ...(reason !== undefined && { reason }) })
    },
    retry: (what, fn, attempt) => bus.execute(`bridge.retry.${what}`, { attempt }, { pool, function: fn }),
    stream: ({ id, osPid = 0 }) => createTelemetryStream(bus, { pool, worker_id: id, os_pid: osPid }),
    acknowledged: (worker, rules) => bus.execute('bridge.control.acknowledged', {}, { ...whose(worker), rules }),
    watchesCalls: () => calls.enabled,
    late: (worker) => bus.execute('bridge.call.late_reply', {}, whose(worker)),
    printed(worker, stream, message) {
      if (!log.enabled) return
      const { osPid } = worker
      const level = stream === 'stderr' ? 'error' : 'info'
      const identity = { ...whose(worker), ...(osPid !== undefined && { os_pid: osPid }) }
      log.execute({}, { level, logger: stream, message, ...identity })
    },
  }
}
