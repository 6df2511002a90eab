import { Worker } from 'node:worker_threads'
import { actorSystemEvents } from '../catalog/actor-system.ts'
import { exemptFromSampling } from '../catalog/exempt-from-sampling.ts'
import { telemetry as defaultBus } from '../core/default-bus.ts'
import { TelemetryError } from '../core/errors.ts'
import type { Bus } from '../core/types.ts'
import { watchdogThread } from './watchdog-thread.ts'

export interface WatchdogOptions {
  /** Default: the bus of the process. */
  readonly bus?: Bus
  /** For how long nothing may run. Default 1,000. */
  readonly stalledMs?: number
  /** Where `/health` is answered. Default a free one. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
}

export interface Watchdog {
  /** Answers 200, and 503 while the process stands still. */
  readonly url: string
  /** Safe to repeat. */
  stop(): Promise<void>
}

/** Looks, and beats, in the time after which it is to be noticed. */
const PER_STALL = 4

/**
 * Watches from a thread of its own whether this one still runs anything: JavaScript cannot be stopped from outside, so a function that never returns keeps
 * everything from running, handlers and health checks included. When nothing has run for `stalledMs` a line is written to stderr and `/health` of the
 * watchdog says 503; `actor.stalled` follows when it is over. Rejects with `address_in_use`, and throws `invalid_option`.
 */
export async function startWatchdog(options: WatchdogOptions = {}): Promise<Watchdog> {
  const { bus = defaultBus, stalledMs = 1_000, port = 0, host = '127.0.0.1' } = options
  if (!(stalledMs >= 20)) throw new TelemetryError('invalid_option', "watchdog: 'stalledMs' must be 20 or more")
  exemptFromSampling(actorSystemEvents)
  const stalled = bus.event('actor.stalled')
  const beats = new SharedArrayBuffer(4)
  const lookMs = stalledMs / PER_STALL
  const worker = new Worker(watchdogThread, {
    eval: true,
    workerData: { beats, stalledMs, lookMs, host, port },
    // It needs nothing of what the program was started with, such as a loader.
    execArgv: [],
  })
  // A failure that nobody waits for any more.
  worker.on('error', () => {})
  const actual = await portOf(worker, { host, port })
  worker.unref()

  let last = performance.now()
  // Not the clock of the bus: what is watched is the event loop itself.
  const timer = setInterval(() => {
    Atomics.add(new Int32Array(beats), 0, 1)
    const now = performance.now()
    const late = now - last - lookMs
    last = now
    if (late >= stalledMs - lookMs) stalled.execute({ stalled_for: Math.round((late + lookMs) * 1e6) }, {})
  }, lookMs)
  timer.unref()

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/health`,
    async stop() {
      clearInterval(timer)
      await worker.terminate()
    },
  }
}

async function portOf(
  worker: Worker,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  const message = await new Promise<{ readonly port?: number; readonly error?: string }>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  if (message.port !== undefined) return message.port
  await worker.terminate()
  const code = message.error === 'EADDRINUSE' ? 'address_in_use' : 'invalid_option'
  throw new TelemetryError(code, `watchdog: cannot listen on ${host}:${port}: ${message.error}; choose another 'port'`)
}
