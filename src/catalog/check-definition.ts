import { TelemetryError } from '../core/errors.ts'
import { isEventName } from '../core/names.ts'
import type { EventSpec, OperationSpec } from './event-definition.ts'
import { spanKeys } from './span-keys.ts'

const KEY = /^[a-z][a-z0-9_]*\??$/
const UNITS = ['nanosecond', 'millisecond', 'byte', 'ratio', 'count', 'various']
const TYPES = ['string', 'number', 'boolean', 'unknown']
const SENSITIVITIES = ['public', 'internal', 'secret']

/** `sample_weight` is put there by sampling; the others name an object's prototype. */
const RESERVED_KEYS = ['sample_weight', 'constructor', 'prototype']
const SPAN_MEASUREMENTS = keysOf(Object.values(spanKeys).map((keys) => keys.measurements))
const SPAN_METADATA = keysOf(Object.values(spanKeys).map((keys) => keys.metadata))

/** Whether a definition is that of an operation, `name.{}`. */
export function isOperation(spec: EventSpec | OperationSpec): spec is OperationSpec {
  return 'start' in spec
}

/** Throws `invalid_event_definition` unless `spec`, written under `key`, is a well-formed definition. */
export function checkDefinition(prefix: unknown, key: string, spec: unknown): void {
  const name = `${prefix}.${key}`
  checkName(name, key.endsWith('.{}'))
  if (!isRecord(spec)) throw invalid(name, 'is not an object')
  if (!isText(spec.description)) throw invalid(name, "needs a 'description'")
  checkChoice(name, 'stability', spec.stability, ['stable', 'experimental', undefined])
  checkChoice(name, 'sampled', spec.sampled, ['allowed', 'never', undefined])
  if (key.endsWith('.{}')) checkOperation(name, spec)
  else checkEvent(name, spec)
}

function checkName(written: string, operation: boolean): void {
  const name = operation ? `${written.slice(0, -'.{}'.length)}.exception` : written
  if (isEventName(name)) return
  throw invalid(written, "is not a name: use 1 to 16 segments of letters, digits, '_' and '-', joined by dots")
}

function checkEvent(name: string, spec: Record<string, unknown>): void {
  if ('start' in spec || 'end' in spec) throw invalid(name, "has 'start' or 'end': an operation's name ends in '.{}'")
  checkKeys(name, spec, [], [])
}

function checkOperation(name: string, spec: Record<string, unknown>): void {
  if ('measurements' in spec || 'metadata' in spec) throw invalid(name, "has keys outside of 'start' and 'end'")
  const start = checkKeys(`${name} start`, spec.start, SPAN_MEASUREMENTS, SPAN_METADATA)
  const inherited = [...SPAN_METADATA, ...start]
  checkKeys(`${name} end`, spec.end, SPAN_MEASUREMENTS, inherited)
  if (spec.exception !== undefined) checkKeys(`${name} exception`, spec.exception, SPAN_MEASUREMENTS, inherited)
}

/** Checks the keys of one event and returns those of its metadata. */
function checkKeys(name: string, specs: unknown, takenMeasurements: string[], takenMetadata: string[]): string[] {
  if (!isRecord(specs)) throw invalid(name, 'is missing: write { measurements: {}, metadata: {} }')
  if (!isRecord(specs.measurements) || !isRecord(specs.metadata))
    throw invalid(name, "needs 'measurements' and 'metadata'")
  for (const [key, spec] of checkKeyNames(name, specs.measurements, takenMeasurements)) {
    if (!Array.isArray(spec) || spec.length !== 2 || !UNITS.includes(spec[0]) || !isText(spec[1]))
      throw invalid(name, `measurement '${key}' must be [unit, meaning] with a unit of ${UNITS.join(', ')}`)
  }
  const metadata = checkKeyNames(name, specs.metadata, takenMetadata)
  for (const [key, spec] of metadata) {
    if (!Array.isArray(spec) || spec.length < 2 || spec.length > 3 || !isType(spec[0]) || !isText(spec[1]))
      throw invalid(
        name,
        `metadata '${key}' must be [type, meaning, sensitivity?] with a type of ${TYPES.join(', ')} or a list of strings`,
      )
    checkChoice(name, `${key} sensitivity`, spec[2], [...SENSITIVITIES, undefined])
  }
  return metadata.map(([key]) => key)
}

/** The entries of `specs` under their keys without `?`. */
function checkKeyNames(name: string, specs: Record<string, unknown>, taken: string[]): [string, unknown][] {
  const seen = new Set([...taken, ...RESERVED_KEYS])
  return Object.entries(specs).map(([written, spec]) => {
    const key = written.replace(/\?$/, '')
    if (!KEY.test(written)) throw invalid(name, `key '${written}' is not snake_case`)
    if (seen.has(key)) throw invalid(name, `key '${key}' is there already: remove it`)
    seen.add(key)
    return [key, spec]
  })
}

function checkChoice(name: string, option: string, value: unknown, choices: unknown[]): void {
  if (!choices.includes(value)) throw invalid(name, `${option} must be one of ${choices.filter(isText).join(', ')}`)
}

function isType(type: unknown): boolean {
  if (Array.isArray(type)) return type.length > 0 && type.every(isText)
  return TYPES.some((known) => known === type)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function keysOf(groups: object[]): string[] {
  return groups.flatMap((group) => Object.keys(group)).map((key) => key.replace(/\?$/, ''))
}

function invalid(name: string, problem: string): TelemetryError {
  return new TelemetryError('invalid_event_definition', `catalog: '${name}' ${problem}`)
}
