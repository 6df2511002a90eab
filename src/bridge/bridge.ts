import { currentContext } from '../context/current.ts'
import { outsideContext } from '../context/outside-context.ts'
import { telemetry as defaultBus } from '../core/default-bus.ts'
import type { Bus, Span } from '../core/types.ts'
import { toWire } from '../wire/encode-value.ts'
import { BridgeError, errorCategory } from './bridge-error.ts'
import type { Outcome } from './call.ts'
import { MAX_FRAME_BYTES } from './frames.ts'
import { type BridgeOptions, type ControlRules, checkOptions, type Settings } from './options.ts'
import { createPool, type Pool } from './pool.ts'
import { type BridgeTelemetry, createBridgeTelemetry } from './telemetry.ts'

export interface BridgeCallOptions {
  /** Arguments by name. */
  readonly kwargs?: Readonly<Record<string, unknown>>
  /** How long it may run, in milliseconds. Default: that of the bridge. */
  readonly timeoutMs?: number
  /** How long it may wait for a worker, in milliseconds. Default: that of the bridge. */
  readonly queueTimeoutMs?: number
  /** Calls it off when aborted. */
  readonly signal?: AbortSignal
  /** It may be made twice: when a worker dies with it another one tries it, once. */
  readonly idempotent?: boolean
}

export interface BridgeStats {
  /** Workers that wait for a call. */
  readonly available: number
  readonly busy: number
  /** Both. */
  readonly total: number
  /** Calls that wait for a worker. */
  readonly queued: number
  /** Workers that have taken the place of one that had ended. */
  readonly restarts: number
  /** No worker can be started: calls fail at once, and one is tried every 30 s. */
  readonly isFailed: boolean
}

/** Python processes that make calls. */
export interface Bridge {
  /**
   * Calls a function that the module has registered with `@function`. Values cross as `src/wire/tags.ts` says, or are refused.
   * Rejects with a `BridgeError`.
   */
  call(fn: string, args?: readonly unknown[], options?: BridgeCallOptions): Promise<unknown>
  /** Resolves when all workers are ready; rejects when none can be started. Calls need not wait for it. */
  ready(): Promise<void>
  stats(): BridgeStats
  /**
   * Replaces what of their telemetry the workers send, in them: one worker, or all. Resolves with the rules that each goes by now; wrong ones change
   * nothing. A worker that is not ready yet has none.
   */
  control(rules: ControlRules, workerId?: string): Promise<ReadonlyMap<string, unknown>>
  /** Takes no more calls, lets those that are there end for `drainMs` (default 5,000), then ends all workers. Safe to repeat. */
  close(options?: { readonly drainMs?: number }): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts Python workers that run one call at a time each. They end with this process, however that ends, and all that they have started too
 * (on Linux; elsewhere those that have left the process group may stay). Throws `invalid_option`; what cannot be started is told by `ready` and by the calls.
 */
export function createBridge({ bus = defaultBus, ...options }: BridgeOptions): Bridge {
  const settings = checkOptions(options)
  const telemetry = createBridgeTelemetry(bus, settings.name)
  // What workers say later is not of whoever has made the bridge.
  const pool = outsideContext(() => createPool({ settings, clock: bus.clock, telemetry }))
  const open = keepOpen()
  const close = async ({ drainMs = 5_000 } = {}) => pool.close(drainMs)
  return {
    call: async (fn, args = [], callOptions = {}) =>
      open(makeCall({ bus, settings, pool, telemetry, fn, args, options: callOptions })),
    ready: async () => open(pool.ready()),
    control: async (rules, workerId) => open(pool.control(rules, workerId)),
    stats: () => pool.numbers(),
    close: async (closeOptions) => open(close(closeOptions)),
    [Symbol.asyncDispose]: async () => open(close()),
  }
}

/** Bytes; what else is in their frame has room too. */
const MAX_ARGUMENTS = MAX_FRAME_BYTES - 65_536

interface CallTask {
  readonly bus: Bus
  readonly settings: Settings
  readonly pool: Pool
  readonly telemetry: BridgeTelemetry
  readonly fn: string
  readonly args: readonly unknown[]
  readonly options: BridgeCallOptions
}

async function makeCall({ bus, settings, pool, telemetry, fn, args, options }: CallTask): Promise<unknown> {
  const {
    timeoutMs = settings.timeoutMs,
    queueTimeoutMs = settings.queueTimeoutMs,
    signal,
    idempotent = false,
  } = options
  const values = fn.length > 256 ? unknown(fn) : encodeArguments(args, options.kwargs)
  const module = pool.moduleOf(fn)
  const metadata = { function: fn.slice(0, 256), pool: settings.name, ...(module !== undefined && { module }) }
  const size = values instanceof BridgeError ? 0 : Buffer.byteLength(values)
  const span = bus.startSpan('bridge.call', metadata, { measurements: { args_size: size } })
  // What does not come to the pool does not wait.
  span.measure({ queue_time: 0 })
  if (values instanceof BridgeError) throw failed(span, values, undefined)
  if (signal?.aborted === true) throw failed(span, new BridgeError('cancelled', `'${fn}' was called off`), undefined)
  return new Promise((resolve, reject) => {
    const abort = () => pool.cancel(call)
    signal?.addEventListener('abort', abort, { once: true })
    const call = pool.submit({
      fn,
      body: `"fn":${JSON.stringify(fn)},${values}${contextOf(span)}${telemetry.watchesCalls() ? ',"told":true' : ''}`,
      timeoutMs,
      queueTimeoutMs,
      idempotent,
      onSettled(outcome, { queueTime }) {
        signal?.removeEventListener('abort', abort)
        span.measure({ queue_time: queueTime })
        if ('error' in outcome) reject(failed(span, outcome.error, outcome.workerId))
        else resolve(ended(span, outcome))
      },
    })
  })
}

function ended(span: Span, { value, size, workerId }: Extract<Outcome, { value: unknown }>): unknown {
  span.stop({ result_size: size }, { worker_id: workerId, success: true, cached: false })
  return value
}

function failed(span: Span, error: BridgeError, workerId: string | undefined): BridgeError {
  span.set({
    success: false,
    cached: false,
    error_type: error.python?.type ?? error.code,
    error_category: errorCategory(error.code),
    ...(workerId !== undefined && { worker_id: workerId }),
  })
  span.exception(error)
  return error
}

/** Nothing is registered under a name that long. */
function unknown(fn: string): BridgeError {
  return new BridgeError('unknown_function', `no function '${fn.slice(0, 256)}…' is registered`)
}

/** JSON of the arguments as they stand in a frame, or why they cannot cross. */
function encodeArguments(args: readonly unknown[], kwargs: BridgeCallOptions['kwargs']): string | BridgeError {
  try {
    const positional = JSON.stringify(args.map((arg) => toWire(arg)))
    const text =
      kwargs === undefined ? `"args":${positional}` : `"args":${positional},"kwargs":${namedArguments(kwargs)}`
    const size = Buffer.byteLength(text)
    if (size <= MAX_ARGUMENTS) return text
    const problem = `arguments of ${size} bytes; ${MAX_ARGUMENTS} at most: send the path of a file`
    return new BridgeError('unsupported_value', problem)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.replace('[sonde] ', '') : 'an argument cannot be sent'
    return new BridgeError('unsupported_value', `an argument: ${problem}`, { cause })
  }
}

/** Their names are no tags, whatever they are. */
function namedArguments(kwargs: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [name, toWire(value)])))
}

/** The ids that the call has in Python: its span is what the function's own spans are within. */
function contextOf({ id }: Span): string {
  const context = currentContext()
  if (context === undefined) return ''
  const { correlationId, traceId, spanId, traceFlags } = context
  return `,"ctx":${JSON.stringify([correlationId, traceId, id === '' ? spanId : id, traceFlags])}`
}

/** Workers do not keep a process alive; somebody who waits for them does. */
function keepOpen(): <T>(promise: Promise<T>) => Promise<T> {
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  return async (promise) => {
    waiting++
    timer ??= setInterval(() => {}, 2 ** 30)
    try {
      return await promise
    } finally {
      if (--waiting === 0) {
        clearInterval(timer)
        timer = undefined
      }
    }
  }
}
