import { existsSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TelemetryError } from '../core/errors.ts'
import type { Bus } from '../core/types.ts'

export interface BridgeOptions {
  /** Default: the bus of the process. */
  readonly bus?: Bus
  /** What registers functions: the absolute path or `file:` URL of a Python file, or the name of an installed module; or several of them. */
  readonly module: string | URL | readonly (string | URL)[]
  /** Processes, 1 to 256. Default 2. */
  readonly workers?: number
  /** The interpreter, 3.9 or later. Default `python3`. */
  readonly python?: string
  /** Name of the pool in events and of its workers. Default `python`. */
  readonly name?: string
  /** Added to the environment of the workers, which inherit little more than PATH. */
  readonly env?: Readonly<Record<string, string>>
  /** Their working directory. Nothing is imported from it. Default: that of this process. */
  readonly cwd?: string
  /** How long a call may run, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
  /** How long a call may wait for a worker, in milliseconds. Default 30,000. */
  readonly queueTimeoutMs?: number
  /** Calls that may wait. Default 1,000. */
  readonly maxQueue?: number
  /** How long a worker may take to be ready, in milliseconds. Default 30,000. */
  readonly startTimeoutMs?: number
  /** A worker is asked this often whether it lives, and ended after three silences; in milliseconds. Default 2,000. */
  readonly heartbeatMs?: number
  /** A worker is replaced after so many milliseconds, calls or bytes of memory. Default: never. */
  readonly recycle?: RecycleOptions
}

/** What of a worker's telemetry is sent: as `bus.control` has it, but in the worker. What is left out lets everything through. */
export interface ControlRules {
  readonly enabled?: boolean
  /** The first pattern that matches wins; failures are never sampled. `rate`: share of events kept, 0 to 1. */
  readonly sampling?: readonly { readonly pattern: string; readonly rate: number }[]
  /** When there are any, only names that match one are sent. At most 64 patterns of 128 characters. */
  readonly allow?: readonly string[]
  readonly deny?: readonly string[]
}

export interface RecycleOptions {
  readonly ttlMs?: number
  readonly maxCalls?: number
  readonly maxMemoryBytes?: number
}

/** Checked, with defaults. */
export interface Settings extends Required<Omit<BridgeOptions, 'bus' | 'module' | 'cwd' | 'recycle'>> {
  readonly modules: readonly string[]
  readonly cwd: string | undefined
  readonly recycle: Required<RecycleOptions>
}

/** What each number is when nobody says it, and at most. */
const LIMITS = {
  workers: 256,
  timeoutMs: 2 ** 31 - 1,
  queueTimeoutMs: 2 ** 31 - 1,
  maxQueue: 1e6,
  startTimeoutMs: 2 ** 31 - 1,
  heartbeatMs: 2 ** 31 - 1,
  ttlMs: 2 ** 31 - 1,
  maxCalls: 1e15,
  maxMemoryBytes: 1e15,
} as const

/** Throws `invalid_option`. */
export function checkOptions({ module, recycle = {}, ...options }: Omit<BridgeOptions, 'bus'>): Settings {
  const { workers = 2, timeoutMs = 30_000, queueTimeoutMs = 30_000, maxQueue = 1_000 } = options
  const { startTimeoutMs = 30_000, heartbeatMs = 2_000, name = 'python', python = 'python3' } = options
  const { ttlMs = Infinity, maxCalls = Infinity, maxMemoryBytes = Infinity } = recycle
  const given: readonly unknown[] = Array.isArray(module) ? module : [module]
  if (given.length === 0) throw invalid("'module' must name at least one")
  const numbers = { workers, timeoutMs, queueTimeoutMs, maxQueue, startTimeoutMs, heartbeatMs }
  for (const [key, value] of Object.entries(numbers)) checkCount(key, value)
  for (const [key, value] of Object.entries(recycle)) if (value !== undefined) checkCount(key, value)
  for (const [key, value] of Object.entries({ name, python })) {
    if (typeof value !== 'string' || value === '') throw invalid(`'${key}' must be a text`)
  }
  if (options.cwd !== undefined && !existsSync(options.cwd)) throw invalid("'cwd' must be a directory that exists")
  return {
    ...numbers,
    name,
    python,
    modules: given.map(moduleOf),
    env: options.env ?? {},
    cwd: options.cwd,
    recycle: { ttlMs, maxCalls, maxMemoryBytes },
  }
}

function moduleOf(value: unknown): string {
  const name = value instanceof URL || (typeof value === 'string' && value.startsWith('file:')) ? pathOf(value) : value
  if (typeof name === 'string' && (isAbsolute(name) || /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(name))) return name
  throw invalid("'module' must be the absolute path or file: URL of a Python file, or the name of a module")
}

function pathOf(url: URL | string): string | undefined {
  try {
    return fileURLToPath(url)
  } catch {
    // Of another scheme.
    return undefined
  }
}

function checkCount(key: string, value: number): void {
  const max: unknown = Reflect.get(LIMITS, key)
  if (typeof max !== 'number') throw invalid(`'${key}' is not known`)
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw invalid(`'${key}' must be an integer from 1 to ${max}`)
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `bridge: option ${problem}`)
}
