import { TelemetryError } from './errors.ts'
import type { AttachOptions, BusOptions, Clock, FailurePolicy, Handler } from './types.ts'

const POLICIES: readonly unknown[] = ['quarantine', 'detach', 'keep'] satisfies FailurePolicy[]

/** Throws a coded error for a handler id, handler or options that `attach` cannot take. */
export function checkAttach(id: unknown, handler: unknown, options: AttachOptions | undefined): void {
  if (typeof id !== 'string' || id === '') {
    throw new TelemetryError('invalid_id', `attach: a handler id must be a string that is not empty, got ${typeof id}`)
  }
  if (!isHandler(handler)) {
    throw new TelemetryError(
      'invalid_handler',
      `attach: the handler of '${id}' must be a function, got ${typeof handler}`,
    )
  }
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) throw invalid('attach', 'options', 'an object', options)
  const { onFailure, signal, flush, close } = options
  checkPolicy('attach', onFailure)
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    throw invalid('attach', 'signal', 'an AbortSignal', signal)
  }
  if (flush !== undefined && typeof flush !== 'function') throw invalid('attach', 'flush', 'a function', flush)
  if (close !== undefined && typeof close !== 'function') throw invalid('attach', 'close', 'a function', close)
}

/** Throws a coded error for options that `createBus` cannot take. */
export function checkBusOptions({ name, clock, onFailure, strict }: BusOptions): void {
  if (name !== undefined && typeof name !== 'string') throw invalid('createBus', 'name', 'a string', name)
  if (strict !== undefined && typeof strict !== 'boolean') throw invalid('createBus', 'strict', 'a boolean', strict)
  if (clock !== undefined && !isClock(clock)) {
    throw invalid('createBus', 'clock', 'a Clock (wallTime, monotonicTime, after, every)', clock)
  }
  checkPolicy('createBus', onFailure)
}

function checkPolicy(part: string, policy: unknown): void {
  if (policy === undefined || POLICIES.includes(policy)) return
  throw invalid(part, 'onFailure', "'quarantine', 'detach' or 'keep'", policy)
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function'
}

function isClock(clock: Partial<Clock> | null): boolean {
  const methods: readonly unknown[] = [clock?.wallTime, clock?.monotonicTime, clock?.after, clock?.every]
  return methods.every((method) => typeof method === 'function')
}

function invalid(part: string, option: string, wanted: string, got: unknown): TelemetryError {
  const shown = typeof got === 'string' ? `'${got.slice(0, 40)}'` : got === null ? 'null' : typeof got
  return new TelemetryError('invalid_option', `${part}: option '${option}' must be ${wanted}, got ${shown}`)
}
