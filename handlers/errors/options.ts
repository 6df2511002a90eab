import { TelemetryError } from 'sonde'
import type { PatternRule } from './pattern.ts'

/** Which failures are watched, and how many are too many. */
export interface ErrorsOptions {
  /** Names and patterns of operations, such as `shop.checkout` and `http.**`. Default: all but those of `telemetry.**`. */
  readonly operations?: readonly string[]
  /** Failures of one kind within the window that are a spike, 1 to 1,000. Default 5. */
  readonly threshold?: number
  /** Length of the window, which slides; from 1,000 on. Default 10,000. */
  readonly windowMs?: number
  /** Metadata keys that part an operation, such as `method`. Default none. */
  readonly tags?: readonly string[]
  /** Kinds of failures that are kept, 1 to 10,000; the one that has not happened for the longest gives way. Default 1,000. */
  readonly maxKeys?: number
  /** Handler id, when there are several on one bus. Default `errors`. */
  readonly id?: string
}

export interface ErrorsSettings extends PatternRule {
  readonly tags: readonly string[]
  readonly maxKeys: number
}

const OPTIONS = ['operations', 'threshold', 'windowMs', 'tags', 'maxKeys', 'id']

/** Throws `invalid_option` for what `attachErrors` cannot work with. Patterns and the id are left to the bus. */
export function readOptions(options: ErrorsOptions): ErrorsSettings {
  if (typeof options !== 'object' || options === null) fail('options must be an object')
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) fail(`there is no option '${unknown.slice(0, 100)}', only ${OPTIONS.join(', ')}`)
  const { operations = ['**'], threshold = 5, windowMs = 10_000, tags = [], maxKeys = 1_000 } = options
  checkNames('operations', operations)
  if (operations.length === 0) fail("'operations' must name at least one operation")
  checkNames('tags', tags)
  checkWhole('threshold', threshold, 1_000)
  checkWhole('maxKeys', maxKeys, 10_000)
  if (!(Number.isFinite(windowMs) && windowMs >= 1_000)) fail("'windowMs' must be milliseconds, at least 1,000")
  return { threshold, windowNs: Math.round(windowMs * 1e6), tags: [...tags], maxKeys }
}

function checkWhole(option: string, value: number, max: number): void {
  if (!(Number.isInteger(value) && value >= 1 && value <= max))
    fail(`'${option}' must be a whole number from 1 to ${max.toLocaleString('en')}`)
}

function checkNames(option: string, names: unknown): void {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && name !== ''))
    fail(`'${option}' must be a list of names`)
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `errors: ${problem}`)
}
