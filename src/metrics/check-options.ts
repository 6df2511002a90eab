import { TelemetryError } from '../core/errors.ts'
import { isEventName, requirePattern } from '../core/names.ts'
import type {
  DistributionOptions,
  MeasurementFunction,
  MetricDefinition,
  MetricOptions,
  MetricType,
} from './definition.ts'
import { convertibleUnits, unitScale } from './units.ts'

const SHARED = ['event', 'measurement', 'tags', 'tagValues', 'keep', 'drop', 'unit', 'description', 'exportName']
const OWN: { readonly [type in MetricType]: readonly string[] } = {
  counter: [],
  sum: ['monotonic'],
  lastValue: [],
  summary: ['windowMs', 'slots'],
  distribution: ['buckets'],
}
/** Labels that the formats of exporters put on these types themselves. */
const TAKEN: { readonly [type in MetricType]?: string } = { summary: 'quantile', distribution: 'le' }
/** Prometheus data model, metric names. */
const EXPORT_NAME = /^[A-Za-z_:][A-Za-z0-9_:]*$/
const MAX_BUCKETS = 1_000
const MAX_SLOTS = 600
/** Measurement keys that are nanoseconds wherever they stand, so that their default buckets fit without a `unit`. */
const TIME_SPANS = new Set(['duration', 'queue_time'])

/** The dotted name and its segments, or an error. */
export function readName(
  type: MetricType,
  input: string | readonly string[],
  options: unknown,
): { readonly name: string; readonly segments: readonly string[] } {
  const joined: unknown = Array.isArray(input) ? input.join('.') : input
  if (Array.isArray(input) && input.some((segment) => typeof segment !== 'string' || segment.includes('.')))
    throw invalid(type, 'a name given as an array must hold segments, which are strings without dots')
  if (typeof joined !== 'string' || joined === '')
    throw invalid(type, `the name must be a dotted string such as 'http.request.stop.duration', got ${show(joined)}`)
  if (!isEventName(joined))
    throw invalid(type, `the name must be segments of A-Z a-z 0-9 _ - joined by single dots, got ${show(joined)}`)
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalid(joined, `options must be an object, got ${show(options)}`)
  return { name: joined, segments: joined.split('.') }
}

/** Throws at the first option that is unknown, of the wrong type, or contradicts another. */
export function checkOptions(type: MetricType, name: string, options: MetricOptions): void {
  const known = [...SHARED, ...OWN[type]]
  for (const key of Object.keys(options))
    if (!known.includes(key)) throw invalid(name, `a ${type} has no option '${key}'; it has ${known.join(', ')}`)

  const given: { readonly [key: string]: unknown } = { ...options }
  for (const key of ['keep', 'drop']) checkFunction(name, key, given[key], 2)
  checkFunction(name, 'tagValues', given['tagValues'], 1)
  if (given['keep'] !== undefined && given['drop'] !== undefined)
    throw invalid(name, "options 'keep' and 'drop' are opposites: give one of them")
  if (given['description'] !== undefined && typeof given['description'] !== 'string')
    throw invalid(name, `option 'description' must be a string, got ${show(given['description'])}`)
  if (given['monotonic'] !== undefined && typeof given['monotonic'] !== 'boolean')
    throw invalid(name, `option 'monotonic' must be true or false, got ${show(given['monotonic'])}`)
  const exportName = given['exportName']
  if (exportName !== undefined && (typeof exportName !== 'string' || !EXPORT_NAME.test(exportName)))
    throw invalid(
      name,
      `option 'exportName' must be letters, digits, _ and :, not a digit first, got ${show(exportName)}`,
    )
  const { windowMs, slots } = given
  if (windowMs !== undefined && !(typeof windowMs === 'number' && windowMs >= 1 && Number.isFinite(windowMs)))
    throw invalid(name, `option 'windowMs' must be milliseconds, 1 or more, got ${show(windowMs)}`)
  if (
    slots !== undefined &&
    !(typeof slots === 'number' && Number.isInteger(slots) && slots >= 2 && slots <= MAX_SLOTS)
  )
    throw invalid(name, `option 'slots' must be a whole number from 2 to ${MAX_SLOTS}, got ${show(slots)}`)
}

/** The patterns to attach to; by default the name without its last segment. */
export function readEvents(
  name: string,
  segments: readonly string[],
  event: MetricOptions['event'],
): readonly string[] {
  if (event === undefined) {
    if (segments.length < 2)
      throw invalid(name, "the name must be namespaced, 'event.measurement', unless option 'event' is given")
    return Object.freeze([segments.slice(0, -1).join('.')])
  }
  const list = Array.isArray(event) ? event : [event]
  if (list.length === 0) throw invalid(name, "option 'event' must name at least one event")
  return Object.freeze([...new Set(list.map((pattern) => readPattern(name, pattern)))])
}

function readPattern(name: string, pattern: unknown): string {
  if (typeof pattern !== 'string') throw invalid(name, `option 'event' must hold strings, got ${show(pattern)}`)
  try {
    return requirePattern(pattern)
  } catch (cause) {
    throw invalid(name, `option 'event' must be an event name or pattern, got ${show(pattern)}`, cause)
  }
}

/** The key or function; by default the last segment of the name. */
export function readMeasurement(
  name: string,
  segments: readonly string[],
  measurement: string | MeasurementFunction | undefined,
): string | MeasurementFunction {
  if (measurement === undefined) return segments.at(-1) ?? name
  if (typeof measurement === 'string' && measurement !== '') return measurement
  if (typeof measurement !== 'function')
    throw invalid(name, `option 'measurement' must be a key or a function, got ${show(measurement)}`)
  checkFunction(name, 'measurement', measurement, 2)
  return measurement
}

/** The frozen, sorted keys, or the function. */
export function readTags(type: MetricType, name: string, tags: MetricOptions['tags']): MetricDefinition['tags'] {
  if (tags === undefined) return Object.freeze([])
  if (typeof tags === 'function') {
    checkFunction(name, 'tags', tags, 1)
    return tags
  }
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string' || tag === ''))
    throw invalid(name, `option 'tags' must be a list of metadata keys or a function, got ${show(tags)}`)
  const taken = TAKEN[type]
  if (taken !== undefined && tags.includes(taken))
    throw invalid(name, `a ${type} cannot have the tag '${taken}', which exporters set; rename it with 'tagValues'`)
  return Object.freeze([...new Set<string>(tags)].sort())
}

/** The unit that values are kept in, and how to get there. */
export function readUnit(
  name: string,
  measurement: unknown,
  unit: MetricOptions['unit'],
): { readonly unit: string; readonly scale: readonly [number, number] } {
  const same: readonly [number, number] = Object.freeze([1, 1])
  if (unit === undefined) {
    const implied = typeof measurement === 'string' && TIME_SPANS.has(measurement)
    return { unit: implied ? 'nanosecond' : 'unit', scale: same }
  }
  if (typeof unit === 'string' && unit !== '') return { unit, scale: same }
  if (!Array.isArray(unit) || unit.length !== 2)
    throw invalid(name, `option 'unit' must be a name or a pair [from, to], got ${show(unit)}`)
  const [from, to] = unit
  const scale = unitScale(from, to)
  if (scale === undefined)
    throw invalid(
      name,
      `option 'unit' cannot convert ${show(from)} to ${show(to)}; of one kind each: ${convertibleUnits}`,
    )
  return { unit: to, scale: Object.freeze(scale) }
}

/** Frozen bounds: finite, ascending, at least one. */
export function readBuckets(name: string, buckets: DistributionOptions['buckets']): readonly number[] {
  if (!Array.isArray(buckets) || buckets.length === 0 || buckets.length > MAX_BUCKETS)
    throw invalid(name, `option 'buckets' must be a list of 1 to ${MAX_BUCKETS} upper bounds`)
  for (const [i, bound] of buckets.entries()) {
    if (typeof bound !== 'number' || !Number.isFinite(bound))
      throw invalid(
        name,
        `option 'buckets' must hold finite numbers, the infinite bucket is implied; got ${show(bound)}`,
      )
    if (i > 0 && bound <= buckets[i - 1])
      throw invalid(name, `option 'buckets' must ascend, got ${bound} after ${buckets[i - 1]}`)
  }
  return Object.freeze([...buckets])
}

function checkFunction(name: string, option: string, value: unknown, arity: number): void {
  if (value === undefined) return
  if (typeof value !== 'function') throw invalid(name, `option '${option}' must be a function, got ${show(value)}`)
  if (value.length > arity)
    throw invalid(
      name,
      `option '${option}' is called with ${arity} argument${arity > 1 ? 's' : ''} and takes ${value.length}`,
    )
}

function invalid(name: string, problem: string, cause?: unknown): TelemetryError {
  return new TelemetryError('invalid_metric', `metric ${name}: ${problem}`, cause === undefined ? undefined : { cause })
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value.slice(0, 80)}'`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'an array' : 'an object') : String(value)
}
