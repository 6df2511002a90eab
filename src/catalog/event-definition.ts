/**
 * What a number means: it is converted once, in an encoder, and never stands in a key. : the metadata says it.
 */
export type Unit = 'nanosecond' | 'millisecond' | 'byte' | 'ratio' | 'count' | 'various'

/** Who may see a value. `secret` values are never written anywhere unless they are asked for by name. */
export type Sensitivity = 'public' | 'internal' | 'secret'

/** `experimental` events may change in a minor release, `stable` ones only in a major one. */
export type Stability = 'stable' | 'experimental'

/** What a metadata value is; a tuple of strings is the union of them. */
export type MetadataType = 'string' | 'number' | 'boolean' | 'unknown' | readonly string[]

export type MeasurementSpec = readonly [unit: Unit, meaning: string]
export type MetadataSpec = readonly [type: MetadataType, meaning: string, sensitivity?: Sensitivity]

/** The keys of one event. A key that ends in `?` may be absent; every other one is always there. */
export interface KeySpecs {
  readonly measurements: { readonly [key: string]: MeasurementSpec }
  readonly metadata: { readonly [key: string]: MetadataSpec }
}

interface Description {
  /** One sentence: what has happened when this is emitted. */
  readonly description: string
  readonly stability?: Stability
  /** `'never'`: no sampling rule thins this event out. */
  readonly sampled?: 'allowed' | 'never'
}

/** One event, as it is written in a catalog. */
export interface EventSpec extends Description, KeySpecs {}

/**
 * An operation, written under a name that ends in `.{}`: `name.start`, `name.stop` and `name.exception`. It lists only
 * what it adds to the standard keys of a span. The keys of `start`'s metadata are on all three.
 */
export interface OperationSpec extends Description {
  readonly start: KeySpecs
  /** Keys of `stop`. `exception` may carry them too: there all are optional, since a failure may come before they are known. */
  readonly end: KeySpecs
  /** Keys that every `exception` has whatever `end` says, such as `success: false`. */
  readonly exception?: KeySpecs
}

export interface EventDefinitions {
  readonly [name: string]: EventSpec | OperationSpec
  readonly [operation: `${string}.{}`]: OperationSpec
}

export interface MeasurementDefinition {
  readonly key: string
  readonly unit: Unit
  readonly meaning: string
  readonly optional: boolean
}

export interface MetadataDefinition {
  readonly key: string
  readonly type: MetadataType
  readonly meaning: string
  readonly sensitivity: Sensitivity
  readonly optional: boolean
}

/** The part of a span that an event tells of. */
export type Phase = 'start' | 'stop' | 'exception'

/** One concrete event: what a reference page, a default metric or a gate is made from. */
export interface EventDefinition {
  readonly name: string
  readonly description: string
  readonly stability: Stability
  readonly sampled: 'allowed' | 'never'
  /** Only on the events of an operation, whose name is `name` without the last segment. */
  readonly phase?: Phase
  readonly measurements: readonly MeasurementDefinition[]
  readonly metadata: readonly MetadataDefinition[]
}
