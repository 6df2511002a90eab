import { TelemetryError } from 'sonde'

/** Something whose use is counted. */
export interface Feature {
  /** Its name in the report: `a-z`, `0-9` and `_`. */
  readonly name: string
  /** Names and patterns of the events, each of which is one use. */
  readonly event: string | readonly string[]
  /** The metadata key of what is used, such as `tool_name`. Its values are kept as they are, unless `hash` is set. */
  readonly key: string
  /** The metadata key of who uses it, such as `session_id`: how many different ones there were is counted, and no value kept. */
  readonly distinct?: string
  /** Only these values of `key` are kept; every other one counts as `other`. */
  readonly allow?: readonly string[]
  /** Keeps a keyed hash in place of the values of `key`. Default false. */
  readonly hash?: boolean
}

export interface UsageOptions {
  /** Default: `defaultFeatures`, what the seeds count of the bridge to Python. */
  readonly features?: readonly Feature[]
  /** Where counts survive. Several processes may share it: each has a file, and a report has the sum of all. */
  readonly directory?: string
  /** Keys of each feature, 10 to 10,000. Default 1,000. */
  readonly maxKeys?: number
  /** How often counts are written, default 1,000: what a SIGKILL can cost. */
  readonly intervalMs?: number
  /** Handler id, when there are several on one bus. Default `usage`. */
  readonly id?: string
}

/** Most-used classes, tools and variables, and by how many sessions. */
export const defaultFeatures: readonly Feature[] = Object.freeze([
  {
    name: 'classes',
    event: ['bridge.create_instance.start', 'bridge.call_method.start'],
    key: 'python_class',
    distinct: 'session_id',
  },
  { name: 'tools', event: 'bridge.tool.call.start', key: 'tool_name', distinct: 'session_id' },
  {
    name: 'variables',
    event: ['bridge.session.variable.set', 'bridge.session.variable.get'],
    key: 'var_name',
    distinct: 'session_id',
  },
])

const OPTIONS = ['features', 'directory', 'maxKeys', 'intervalMs', 'id']
const MAX_FEATURES = 50

export type UsageSettings = Required<Pick<UsageOptions, 'features' | 'maxKeys' | 'intervalMs' | 'id'>>

/** Throws `invalid_option` for what `attachUsage` cannot work with. Patterns, the id and the directory are left to others. */
export function readOptions(options: UsageOptions): UsageSettings {
  if (typeof options !== 'object' || options === null) fail('options must be an object')
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) fail(`there is no option '${unknown.slice(0, 100)}', only ${OPTIONS.join(', ')}`)
  const { features = defaultFeatures, maxKeys = 1_000, intervalMs = 1_000, id = 'usage' } = options
  if (!Array.isArray(features) || features.length === 0 || features.length > MAX_FEATURES)
    fail(`'features' must be a list of 1 to ${MAX_FEATURES}`)
  for (const feature of features) checkFeature(feature)
  const names = features.map(({ name }) => name)
  if (new Set(names).size < names.length) fail("'features' must have a 'name' of its own each")
  if (!(Number.isInteger(maxKeys) && maxKeys >= 10 && maxKeys <= 10_000))
    fail("'maxKeys' must be a whole number from 10 to 10,000")
  if (!(Number.isFinite(intervalMs) && intervalMs >= 100)) fail("'intervalMs' must be milliseconds, at least 100")
  return { features, maxKeys, intervalMs, id }
}

function checkFeature(feature: unknown): void {
  if (typeof feature !== 'object' || feature === null) fail("'features' must be objects")
  const { name, event, key, distinct, allow, hash }: { readonly [K in keyof Feature]?: unknown } = feature
  if (typeof name !== 'string' || !/^[a-z\d_]{1,64}$/.test(name)) fail("'name' of a feature must be of a-z, 0-9 and _")
  if (!(isText(event) || isTexts(event))) fail("'event' of a feature must be a name or a list of names")
  if (!isText(key)) fail("'key' of a feature must be a metadata key")
  if (distinct !== undefined && !isText(distinct)) fail("'distinct' of a feature must be a metadata key")
  if (allow !== undefined && !isTexts(allow)) fail("'allow' of a feature must be a list of texts")
  if (hash !== undefined && typeof hash !== 'boolean') fail("'hash' of a feature must be true or false")
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText)
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `usage: ${problem}`)
}
