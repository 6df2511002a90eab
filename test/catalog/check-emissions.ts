import type {
  EventDefinition,
  MeasurementDefinition,
  MetadataDefinition,
  Unit,
} from '../../src/catalog/event-definition.ts'

export interface Emission {
  readonly event: string
  readonly measurements: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, unknown>>
}

/** Optional keys that need a context, or a failure at one moment, and are not asked of every event's driver. */
const CIRCUMSTANTIAL = ['parent_span_id', 'error']

/**
 * What is wrong between a catalog and what real code emitted, one line each: an event that was not emitted or is not catalogued,
 * a key that is missing, unknown or never seen, a value of another type or out of its unit's range.
 * Names whose first segment is in no catalog belong to others.
 */
export function checkEmissions(definitions: readonly EventDefinition[], emissions: readonly Emission[]): string[] {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  const ours = new Set(definitions.map(({ name }) => name.split('.')[0]))
  const uncatalogued = emissions.filter(
    ({ event }) => ours.has(event.split('.')[0]) && !byName.has(event) && !isOwn(event),
  )
  const problems = [
    ...uncatalogued.map(({ event }) => `${event}: emitted, but not catalogued`),
    ...definitions.flatMap((definition) => {
      const mine = emissions.filter(({ event }) => event === definition.name)
      if (mine.length === 0) return [`${definition.name}: catalogued, but not emitted by any driver`]
      return [...mine.flatMap((emission) => checkEmission(definition, emission)), ...unseenKeys(definition, emissions)]
    }),
  ]
  return [...new Set(problems)]
}

/** What a Python worker calls its own. */
function isOwn(event: string): boolean {
  return event.startsWith('python.custom.')
}

function checkEmission(definition: EventDefinition, { measurements, metadata }: Emission): string[] {
  return [
    ...checkKeys(definition.name, 'measurement', definition.measurements, measurements, ['sample_weight']),
    // The name of the process is under every event of a cluster.
    ...checkKeys(definition.name, 'metadata', definition.metadata, metadata, ['node']),
    ...definition.measurements
      .filter(({ key, unit }) => measurements[key] !== undefined && !isPlausible(measurements[key], unit))
      .map(({ key, unit }) => `${definition.name}: measurement '${key}' is no ${unit}: ${String(measurements[key])}`),
    ...definition.metadata
      .filter(({ key, type }) => metadata[key] !== undefined && !isOfType(metadata[key], type))
      .map(
        ({ key, type }) => `${definition.name}: metadata '${key}' is not ${String(type)} but ${typeof metadata[key]}`,
      ),
  ]
}

function checkKeys(
  event: string,
  kind: string,
  defined: readonly (MeasurementDefinition | MetadataDefinition)[],
  values: Readonly<Record<string, unknown>>,
  allowed: readonly string[],
): string[] {
  const known = new Set([...defined.map(({ key }) => key), ...allowed])
  const missing = defined.filter((definition) => !definition.optional && isMissing(definition, values))
  const unknown = Object.keys(values).filter((key) => !known.has(key))
  return [
    ...missing.map(({ key }) => `${event}: ${kind} '${key}' is missing`),
    ...unknown.map((key) => `${event}: ${kind} '${key}' is not catalogued`),
  ]
}

/** Undefined is a value where any value is one, such as the config of a handler attached without. */
function isMissing(
  definition: MeasurementDefinition | MetadataDefinition,
  values: Readonly<Record<string, unknown>>,
): boolean {
  if ('type' in definition && definition.type === 'unknown') return !(definition.key in values)
  return values[definition.key] === undefined
}

/**
 * Optional keys that no emission has: the catalog promises what there is not. What a span learns on its way is on its end alone, and at an
 * exception everything optional may be missing.
 */
function unseenKeys(
  { name, phase, measurements, metadata }: EventDefinition,
  emissions: readonly Emission[],
): string[] {
  if (phase === 'exception') return []
  const operation = name.slice(0, name.lastIndexOf('.'))
  const related = emissions.filter(
    ({ event }) => event === name || (phase === 'start' && event === `${operation}.stop`),
  )
  const unseen = (kind: 'measurements' | 'metadata', defined: readonly { key: string; optional: boolean }[]) =>
    defined
      .filter(({ key, optional }) => optional && !CIRCUMSTANTIAL.includes(key))
      .filter(({ key }) => related.every((emission) => emission[kind][key] === undefined))
      .map(({ key }) => `${name}: optional key '${key}' was never there`)
  return [...unseen('measurements', measurements), ...unseen('metadata', metadata)]
}

function isPlausible(value: unknown, unit: Unit): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false
  if (unit === 'various') return true
  if (value < 0) return false
  if (unit === 'ratio') return value <= 1
  return unit === 'millisecond' || Number.isInteger(value)
}

function isOfType(value: unknown, type: MetadataDefinition['type']): boolean {
  if (typeof type !== 'string') return typeof value === 'string' && type.includes(value)
  return type === 'unknown' || typeof value === type
}
