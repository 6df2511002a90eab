import type { Tracer, TracerProvider } from '@opentelemetry/api'
import { TelemetryError } from 'sonde'
import type { EventCatalog } from 'sonde/catalog'
import type { SpanKindName, SpanRule } from './span-rules.ts'

/** Which operations become spans, whose, and how they look. */
export interface TracingOptions {
  /** Where spans come from. Default: the global provider, also one that is registered later. */
  readonly tracerProvider?: TracerProvider
  /** In place of a provider; such spans are not flushed. */
  readonly tracer?: Tracer
  /** Names and patterns of operations, such as `shop.checkout` and `http.**`. Default: all but `telemetry.**`. */
  readonly patterns?: readonly string[]
  /** How spans look, by operation, over what the library knows of its own. */
  readonly spans?: Readonly<Record<string, SpanRule>>
  /** Your own events: keys that they call `internal` or `secret` are left out. The library's are known. */
  readonly catalogs?: readonly EventCatalog[]
  /**
   * Share of the traces that are kept, 0 to 1, decided by the trace id where a trace begins. Below 1 the flag of the caller is
   * followed, and every exception has a span all the same. Default 1: the sampler of the SDK decides.
   */
  readonly ratio?: number
  /** Handler id, when there are several on one bus. Default `tracing`. */
  readonly id?: string
}

const OPTIONS = ['tracerProvider', 'tracer', 'patterns', 'spans', 'catalogs', 'ratio', 'id']
const RULES = ['kind', 'name', 'attributes', 'set']
const KINDS: readonly unknown[] = ['internal', 'server', 'client', 'producer', 'consumer'] satisfies SpanKindName[]

/** Throws `invalid_option` for what `attachTracing` cannot work with. */
export function checkOptions(options: TracingOptions): void {
  if (typeof options !== 'object' || options === null) fail('options must be an object')
  checkKeys('options', options, OPTIONS)
  const { tracerProvider, tracer, patterns = [], spans = {}, catalogs = [], ratio = 1 } = options
  if (tracer !== undefined && typeof tracer?.startSpan !== 'function')
    fail("'tracer' must be a Tracer of OpenTelemetry")
  if (tracerProvider !== undefined && typeof tracerProvider?.getTracer !== 'function')
    fail("'tracerProvider' must be a TracerProvider of OpenTelemetry")
  if (tracer !== undefined && tracerProvider !== undefined) fail("give 'tracer' or 'tracerProvider', not both")
  if (!Array.isArray(patterns) || !patterns.every((pattern) => typeof pattern === 'string'))
    fail("'patterns' must be a list of operations")
  if (!Array.isArray(catalogs) || !catalogs.every((catalog) => Array.isArray(catalog?.events)))
    fail("'catalogs' must be a list of what defineEvents returns")
  if (!(typeof ratio === 'number' && ratio >= 0 && ratio <= 1)) fail("'ratio' must be a number from 0 to 1")
  if (!isRecord(spans)) fail("'spans' must be an object of rules by operation")
  for (const [operation, rule] of Object.entries(spans)) checkRule(operation, rule)
}

function checkRule(operation: string, rule: unknown): void {
  const where = `'spans' of '${operation.slice(0, 100)}'`
  if (!isRecord(rule)) fail(`${where} must be an object`)
  checkKeys(where, rule, RULES)
  const { kind, name, attributes = {}, set = {} } = rule
  if (kind !== undefined && !KINDS.includes(kind)) fail(`${where}: 'kind' must be one of ${KINDS.join(', ')}`)
  if (name !== undefined && typeof name !== 'function' && (typeof name !== 'string' || name === ''))
    fail(`${where}: 'name' must be a text or a function`)
  if (!isRecord(attributes) || !Object.values(attributes).every(isAttributeRule))
    fail(`${where}: 'attributes' must hold names of attributes, false or functions`)
  if (!isRecord(set)) fail(`${where}: 'set' must be an object of attributes`)
}

function checkKeys(where: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key))
  if (unknown !== undefined) fail(`${where} has no '${unknown.slice(0, 100)}': there are ${known.join(', ')}`)
}

function isAttributeRule(rule: unknown): boolean {
  return rule === false || typeof rule === 'function' || (typeof rule === 'string' && rule !== '')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `tracing: ${problem}`)
}
