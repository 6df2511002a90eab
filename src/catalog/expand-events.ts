import { isNeverSampled } from '../core/never-sampled.ts'
import { checkDefinition, isOperation } from './check-definition.ts'
import type {
  EventDefinition,
  EventDefinitions,
  EventSpec,
  KeySpecs,
  MeasurementDefinition,
  MetadataDefinition,
  OperationSpec,
  Phase,
} from './event-definition.ts'
import { spanKeys } from './span-keys.ts'

type Keys = Pick<EventDefinition, 'measurements' | 'metadata'>

/** The concrete events of `definitions`, in the order they are written: an operation becomes three. */
export function expandEvents(prefix: string, definitions: EventDefinitions): EventDefinition[] {
  return Object.entries(definitions).flatMap(([key, spec]) => {
    checkDefinition(prefix, key, spec)
    const name = `${prefix}.${key}`
    if (isOperation(spec)) return expandOperation(name.slice(0, -'.{}'.length), spec)
    return [describe(name, spec, keysOf(spec))]
  })
}

function expandOperation(name: string, spec: OperationSpec): EventDefinition[] {
  const start = keysOf(spec.start)
  const inherited = { measurements: [], metadata: start.metadata }
  const end = keysOf(spec.end)
  // What only `exception` states replaces what it shares with `end`.
  const atFailure = join(
    optional(end),
    spec.exception === undefined ? { measurements: [], metadata: [] } : keysOf(spec.exception),
  )
  return [
    describe(`${name}.start`, spec, join(keysOf(spanKeys.start), start), 'start'),
    describe(`${name}.stop`, spec, join(keysOf(spanKeys.stop), inherited, end), 'stop'),
    describe(`${name}.exception`, spec, join(keysOf(spanKeys.exception), inherited, atFailure), 'exception'),
  ]
}

function describe(name: string, spec: EventSpec | OperationSpec, keys: Keys, phase?: Phase): EventDefinition {
  return Object.freeze({
    name,
    description: spec.description,
    stability: spec.stability ?? 'stable',
    sampled: isNeverSampled(name) ? 'never' : (spec.sampled ?? 'allowed'),
    ...(phase === undefined ? {} : { phase }),
    measurements: Object.freeze(keys.measurements),
    metadata: Object.freeze(keys.metadata),
  })
}

function keysOf(specs: KeySpecs): Keys {
  const measurements = Object.entries(specs.measurements).map(([written, [unit, meaning]]): MeasurementDefinition => {
    return { ...parseKey(written), unit, meaning }
  })
  const metadata = Object.entries(specs.metadata).map(
    ([written, [type, meaning, sensitivity = 'public']]): MetadataDefinition => {
      return { ...parseKey(written), type, meaning, sensitivity }
    },
  )
  return { measurements, metadata }
}

function parseKey(written: string): { key: string; optional: boolean } {
  const optional = written.endsWith('?')
  return { key: optional ? written.slice(0, -1) : written, optional }
}

function optional({ measurements, metadata }: Keys): Keys {
  return {
    measurements: measurements.map((measurement) => ({ ...measurement, optional: true })),
    metadata: metadata.map((datum) => ({ ...datum, optional: true })),
  }
}

/** One list of keys, a later definition in place of an earlier one. */
function join(...parts: Keys[]): Keys {
  const byKey = <T extends { key: string }>(lists: (readonly T[])[]): T[] => [
    ...new Map(lists.flat().map((item) => [item.key, item])).values(),
  ]
  return {
    measurements: byKey(parts.map((part) => part.measurements)),
    metadata: byKey(parts.map((part) => part.metadata)),
  }
}
