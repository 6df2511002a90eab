import { randomBytes } from 'node:crypto'
import type { Clock } from '../core/types.ts'
import { BridgeError, type BridgeFailure, type PythonError, type WorkerEnd } from './bridge-error.ts'
import type { Call } from './call.ts'
import { type Heartbeat, startHeartbeat } from './heartbeat.ts'
import { PROTOCOL_VERSION, readControl, readMessage, readResult, type WorkerMessage } from './messages.ts'
import type { ControlRules, Settings } from './options.ts'
import { captureOutput, type Output } from './output.ts'
import { pythonFailure } from './python-failure.ts'
import type { BridgeTelemetry } from './telemetry.ts'
import type { TelemetryStream } from './telemetry-stream.ts'
import { type ProcessEnd, startProcess, type WorkerProcess } from './worker-process.ts'

/** A call that is to be given up may take this long to notice, then SIGTERM, then the end; in milliseconds. */
const TERMINATE_MS = 500
const KILL_MS = 2_000

/** Both sides read CLOCK_MONOTONIC there: a worker knows by itself what has run out on the way to it. */
const isClockShared = process.platform === 'linux'

/** Why a worker has ended; all but the first two are the host's doing. */
export type EndReason =
  | 'crashed'
  | 'start_failed'
  | 'start_timeout'
  | 'protocol'
  | 'heartbeat'
  | 'timeout'
  | 'closed'
  | 'ttl'
  | 'max_calls'
  | 'memory'

/** What its pool is told of a worker. */
export interface WorkerEvents {
  onReady(worker: Worker): void
  /** It can take a call again. */
  onFree(worker: Worker): void
  /** Once. `call`: the one that has ended with it. */
  onEnd(worker: Worker, end: WorkerEnd, call: Call | undefined): void
}

export interface WorkerOptions {
  readonly id: string
  readonly settings: Settings
  readonly clock: Clock
  readonly telemetry: BridgeTelemetry
  /** What of its telemetry is sent at first. */
  readonly rules: unknown
  readonly events: WorkerEvents
}

/** One Python process, from its start to its end. It runs one call at a time. */
export class Worker {
  readonly id: string
  readonly spawnedAt: number
  state: 'starting' | 'idle' | 'busy' | 'ending' | 'ended' = 'starting'
  readyAt: number | undefined
  osPid: number | undefined
  python = ''
  functions: ReadonlyMap<string, string> = new Map()
  /** Calls that it has replied to. */
  handled = 0
  /** Bytes, at the last heartbeat. */
  rss = 0
  reason: EndReason = 'crashed'
  /** Why it could not be started. */
  startError: PythonError | Error | undefined
  #call: Call | undefined
  #callId = 0
  #heartbeat: Heartbeat | undefined
  #stream: TelemetryStream | undefined
  /** Who waits for an acknowledgement, in order. */
  readonly #controls: ((rules: unknown) => void)[] = []
  readonly #process: WorkerProcess
  readonly #stdout: Output
  readonly #stderr: Output
  readonly #token = randomBytes(16).toString('hex')
  readonly #cancels: (() => void)[] = []
  /** What is done when a call that was given up does not end. */
  readonly #escalation: (() => void)[] = []
  readonly #options: WorkerOptions

  constructor(options: WorkerOptions) {
    const { id, settings, clock, telemetry } = options
    this.id = id
    this.#options = options
    this.spawnedAt = clock.monotonicTime()
    this.#stdout = captureOutput((line) => telemetry.printed(this, 'stdout', line))
    this.#stderr = captureOutput((line) => telemetry.printed(this, 'stderr', line))
    this.#process = startProcess({
      ...settings,
      onCall: (text) => this.#take(text),
      onControl: (text) => this.#takeControl(text),
      onOutput: (stream, chunk) => (stream === 'stdout' ? this.#stdout : this.#stderr).push(chunk),
      onGarbage: () => this.end('protocol'),
      onEnd: (end) => this.#ended(end),
    })
    this.#process.call(
      JSON.stringify({
        t: 'hello',
        version: PROTOCOL_VERSION,
        token: this.#token,
        worker_id: id,
        modules: settings.modules,
        telemetry: this.#options.rules,
      }),
    )
    this.#cancels.push(
      clock.after(settings.startTimeoutMs, () => this.state === 'starting' && this.end('start_timeout')),
    )
  }

  /** The call that it is busy with, given up or not. */
  get call(): Call | undefined {
    return this.#call
  }

  run(call: Call): void {
    const { timeoutMs, body } = call.request
    this.state = 'busy'
    this.#call = call
    // Taken first: what the worker takes for over is over here too.
    const until = isClockShared ? `,"until":${Number(process.hrtime.bigint()) / 1e6 + timeoutMs}` : ''
    this.#limit(call, this.#options.clock.monotonicTime() + timeoutMs * 1e6)
    this.#process.call(`{"t":"call","id":${++this.#callId},"timeout":${timeoutMs}${until},${body}}`)
  }

  /** Timers may come early: by the time that a turn of the loop has taken before they were set. */
  #limit(call: Call, deadline: number): void {
    const { clock } = this.#options
    const { fn, timeoutMs } = call.request
    const left = deadline - clock.monotonicTime()
    call.cancelTimer = clock.after(Math.max(1, Math.ceil(left / 1e6)), () => {
      if (clock.monotonicTime() < deadline) this.#limit(call, deadline)
      else this.giveUp('timeout', `'${fn}' has run for ${timeoutMs} ms; give it more with 'timeoutMs'`)
    })
  }

  /** Fails the call that is under way, and frees the worker: asks it first, then ends it. */
  giveUp(code: BridgeFailure, problem: string): void {
    const call = this.#call
    if (call === undefined || call.isSettled) return
    const { clock } = this.#options
    call.fail(new BridgeError(code, problem), this.id)
    this.#process.control(JSON.stringify({ t: 'cancel', id: this.#callId }))
    this.#escalation.push(
      clock.after(TERMINATE_MS, () => {
        this.#leave('timeout')
        this.#process.terminate()
      }),
      clock.after(KILL_MS, () => this.#process.kill()),
    )
  }

  /** Lets it end by itself, if it does: when it is not busy. */
  stop(reason: EndReason): void {
    this.#leave(reason)
    this.#process.call('{"t":"stop"}')
    this.#cancels.push(this.#options.clock.after(KILL_MS, () => this.#process.kill()))
  }

  /** Ends it, whatever it does. */
  end(reason: EndReason): void {
    this.#leave(reason)
    this.#process.kill()
  }

  #leave(reason: EndReason): void {
    if (this.state !== 'ending' && this.state !== 'ended') this.reason = reason
    if (this.state !== 'ended') this.state = 'ending'
  }

  #take(text: string) {
    const message = readMessage(text)
    if (message === undefined) return this.end('protocol')
    if (message.kind === 'failed') {
      this.startError = message.error
      return this.end('start_failed')
    }
    if (message.kind === 'ready') return this.#becomeReady(message)
    // Of a call that nobody knows any more.
    if (message.id !== this.#callId || this.#call === undefined) return this.#options.telemetry.late(this)
    this.#reply(this.#call, message, text.length)
  }

  #becomeReady({ token, osPid, python, functions }: Extract<WorkerMessage, { kind: 'ready' }>) {
    if (this.state !== 'starting') return
    if (token !== this.#token) return this.end('protocol')
    const { clock, settings, telemetry, events } = this.#options
    this.state = 'idle'
    this.readyAt = clock.monotonicTime()
    Object.assign(this, { osPid, python, functions })
    this.#stream = telemetry.stream(this)
    if (settings.recycle.ttlMs !== Infinity) {
      this.#cancels.push(clock.after(settings.recycle.ttlMs, () => this.state === 'idle' && events.onFree(this)))
    }
    this.#startHeartbeat()
    events.onReady(this)
  }

  #reply(call: Call, message: Extract<WorkerMessage, { kind: 'ok' | 'error' }>, size: number) {
    this.#call = undefined
    this.handled++
    if (this.state === 'busy') {
      this.state = 'idle'
      // One that was told to end already does not stay, whatever it replies.
      for (const cancel of this.#escalation.splice(0)) cancel()
    }
    if (call.isSettled) this.#options.telemetry.late(this)
    else this.#settle(call, message, size)
    if (this.state === 'idle') this.#options.events.onFree(this)
  }

  #settle(call: Call, message: Extract<WorkerMessage, { kind: 'ok' | 'error' }>, size: number) {
    if (message.kind === 'error') {
      const { code, error } = message
      return call.fail(pythonFailure(code, call.request.fn, error), this.id)
    }
    try {
      call.settle({ value: readResult(message.value), size, workerId: this.id })
    } catch (cause) {
      const problem = `the result of '${call.request.fn}' cannot be read`
      call.fail(new BridgeError('unsupported_value', problem, { cause }), this.id)
    }
  }

  #takeControl(text: string) {
    const message = readControl(text)
    if (message === undefined) return this.end('protocol')
    if (message.kind === 'events') this.#stream?.take(message.items)
    if (message.kind === 'rules') this.#acknowledged(message.rules)
    if (message.kind !== 'pong') return
    this.rss = message.rss
    this.#heartbeat?.pong()
  }

  /** Replaces what of its telemetry is sent; gives what is sent then, which is what was when the rules are wrong, or undefined when it has ended. */
  control(rules: ControlRules): Promise<unknown> {
    return new Promise((resolve) => {
      if (this.state === 'ended') return resolve(undefined)
      this.#controls.push(resolve)
      this.#process.control(JSON.stringify({ t: 'rules', rules }))
    })
  }

  #acknowledged(rules: unknown): void {
    this.#options.telemetry.acknowledged(this, rules)
    this.#controls.shift()?.(rules)
  }

  #startHeartbeat(): void {
    const { clock, settings, telemetry } = this.#options
    this.#heartbeat = startHeartbeat({
      clock,
      intervalMs: settings.heartbeatMs,
      ping: () => this.#process.control('{"t":"ping"}'),
      on: (what, missed) => {
        telemetry.heartbeat(what, this, what === 'sent' ? {} : { missed })
        if (what !== 'failed') return
        telemetry.unhealthy(this, missed)
        this.end('heartbeat')
      },
      onReceived: (round_trip) => telemetry.heartbeat('received', this, { round_trip }),
    })
    telemetry.heartbeat('started', this)
  }

  #ended({ exitCode, signal, error }: ProcessEnd): void {
    const wasReady = this.readyAt !== undefined
    if (this.state !== 'ending') this.reason = wasReady ? 'crashed' : 'start_failed'
    this.startError ??= error
    this.state = 'ended'
    for (const cancel of [...this.#cancels.splice(0), ...this.#escalation.splice(0)]) cancel()
    for (const output of [this.#stdout, this.#stderr]) output.end()
    this.#heartbeat?.stop()
    for (const resolve of this.#controls.splice(0)) resolve(undefined)
    if (wasReady) this.#options.telemetry.heartbeat('stopped', this)
    const call = this.#call
    this.#call = undefined
    const end = { workerId: this.id, exitCode, signal, stderr: this.#stderr.tail() }
    this.#options.events.onEnd(this, end, call?.isSettled === false ? call : undefined)
  }
}
