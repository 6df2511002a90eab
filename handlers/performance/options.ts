import { TelemetryError } from 'sonde'
import type { BaselineRule } from './baseline.ts'

/** Which operations are watched, and when they are bad. */
export interface PerformanceOptions extends Partial<BaselineRule> {
  /** Names and patterns of operations, such as `shop.checkout` and `http.**`. Default: all but those of `telemetry.**`. */
  readonly operations?: readonly string[]
  /**
   * Names and patterns of events that measure `queue_time`, beside the ends of `operations`. Default: those of the catalog. With `**`
   * every event of the process is made, also those that nobody else listens to.
   */
  readonly queues?: readonly string[]
  /** Metadata keys that part an operation, such as `method`. Default none. */
  readonly tags?: readonly string[]
  /** Length of a window, from 1,000 on. Default 60,000. */
  readonly windowMs?: number
  /** Ends that a window must have seen for its p99 to be judged and learnt from. Default 100: the p99 of fewer is their maximum. */
  readonly minCount?: number
  /** A queue time above this is slow. Default 5,000. */
  readonly slowQueueMs?: number
  /** Operations, each with its tags, that are kept apart: 1 to 10,000. Default 500. The rest is one, tagged `overflow`. */
  readonly maxOperations?: number
  /** An operation that has not ended for so long has to be learnt anew. Default 3,600,000; `Infinity` keeps what there is room for. */
  readonly expireMs?: number
  /** Handler id, when there are several on one bus. Default `performance`. */
  readonly id?: string
}

/** The options with their defaults; `operations` and `queues` have theirs elsewhere. */
export interface PerformanceSettings extends BaselineRule {
  readonly tags: readonly string[]
  readonly windowMs: number
  readonly minCount: number
  readonly slowQueueNs: number
  readonly maxOperations: number
  readonly expireNs: number
}

const OPTIONS = [
  ...['operations', 'queues', 'tags', 'windowMs', 'factor', 'alpha', 'minCount', 'warmUp', 'slowQueueMs'],
  ...['maxOperations', 'expireMs', 'id'],
]

/** Throws `invalid_option` for what `attachPerformance` cannot work with. Patterns and the id are left to the bus. */
export function readOptions(options: PerformanceOptions): PerformanceSettings {
  if (typeof options !== 'object' || options === null) fail('options must be an object')
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) fail(`there is no option '${unknown.slice(0, 100)}', only ${OPTIONS.join(', ')}`)
  const { operations = ['**'], queues = [], tags = [], windowMs = 60_000, factor = 2, alpha = 0.2 } = options
  const { minCount = 100, warmUp = 3, slowQueueMs = 5_000, maxOperations = 500, expireMs = 3_600_000 } = options
  checkNames('operations', operations)
  checkNames('queues', queues)
  checkNames('tags', tags)
  if (operations.length === 0) fail("'operations' must name at least one operation")
  if (!(Number.isFinite(windowMs) && windowMs >= 1_000)) fail("'windowMs' must be milliseconds, at least 1,000")
  if (!(Number.isFinite(factor) && factor > 1)) fail("'factor' must be a number above 1")
  if (!(Number.isFinite(alpha) && alpha > 0 && alpha <= 1)) fail("'alpha' must be a number above 0, at most 1")
  if (!(Number.isInteger(minCount) && minCount >= 1)) fail("'minCount' must be a whole number from 1 on")
  if (!(Number.isInteger(warmUp) && warmUp >= 1)) fail("'warmUp' must be a whole number of windows from 1 on")
  if (!(Number.isFinite(slowQueueMs) && slowQueueMs >= 0)) fail("'slowQueueMs' must be milliseconds from 0 on")
  if (!(Number.isInteger(maxOperations) && maxOperations >= 1 && maxOperations <= 10_000))
    fail("'maxOperations' must be a whole number from 1 to 10,000")
  if (!(typeof expireMs === 'number' && expireMs > 0)) fail("'expireMs' must be milliseconds above 0")
  const times = { windowMs, slowQueueNs: Math.round(slowQueueMs * 1e6), expireNs: expireMs * 1e6 }
  return { tags: [...tags], factor, alpha, minCount, warmUp, maxOperations, ...times }
}

function checkNames(option: string, names: unknown): void {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && name !== ''))
    fail(`'${option}' must be a list of names`)
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `performance: ${problem}`)
}
