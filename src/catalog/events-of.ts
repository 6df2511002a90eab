import type { EventDefinitions, EventSpec, KeySpecs, OperationSpec } from './event-definition.ts'
import type { spanKeys } from './span-keys.ts'

/** Event name → payload, of the definitions `D` under the prefix `P`: what `interface Events` is extended with. */
export type ExpandedEvents<P extends string, D extends EventDefinitions> = {
  [K in keyof D & string as K extends `${string}.{}` ? never : `${P}.${K}`]: D[K] extends EventSpec
    ? Payload<D[K]>
    : never
} & {
  [K in keyof D & `${string}.{}` as K extends `${infer Base}.{}`
    ? `${P}.${Base}.start`
    : never]: D[K] extends OperationSpec ? Start<D[K]> : never
} & {
  [K in keyof D & `${string}.{}` as K extends `${infer Base}.{}`
    ? `${P}.${Base}.stop`
    : never]: D[K] extends OperationSpec ? Stop<D[K]> : never
} & {
  [K in keyof D & `${string}.{}` as K extends `${infer Base}.{}`
    ? `${P}.${Base}.exception`
    : never]: D[K] extends OperationSpec ? Exception<D[K]> : never
}

interface Payload<S extends KeySpecs> {
  readonly measurements: Numbers<S['measurements']>
  readonly metadata: Values<S['metadata']>
}

interface Start<O extends OperationSpec> {
  readonly measurements: Numbers<SpanKeys['start']['measurements'] & O['start']['measurements']>
  readonly metadata: Values<SpanKeys['start']['metadata'] & O['start']['metadata']>
}

interface Stop<O extends OperationSpec> {
  readonly measurements: Numbers<SpanKeys['stop']['measurements'] & O['end']['measurements']>
  readonly metadata: Values<SpanKeys['stop']['metadata'] & O['start']['metadata'] & O['end']['metadata']>
}

interface Exception<O extends OperationSpec> {
  readonly measurements: Numbers<SpanKeys['exception']['measurements']> &
    Partial<Numbers<O['end']['measurements']>> &
    (O['exception'] extends KeySpecs ? Numbers<O['exception']['measurements']> : unknown)
  readonly metadata: Values<SpanKeys['exception']['metadata'] & O['start']['metadata']> &
    Partial<Values<O['end']['metadata']>> &
    (O['exception'] extends KeySpecs ? Values<O['exception']['metadata']> : unknown)
}

type SpanKeys = typeof spanKeys

type Numbers<S> = {
  readonly [K in keyof S as K extends `${string}?` ? never : K]: number
} & {
  readonly [K in keyof S & `${string}?` as K extends `${infer Base}?` ? Base : never]?: number
}

type Values<S> = {
  readonly [K in keyof S as K extends `${string}?` ? never : K]: ValueOf<S[K]>
} & {
  readonly [K in keyof S & `${string}?` as K extends `${infer Base}?` ? Base : never]?: ValueOf<S[K]>
}

type ValueOf<Spec> = Spec extends readonly [infer Type, ...unknown[]]
  ? Type extends readonly (infer Literal)[]
    ? Literal
    : Type extends keyof Primitives
      ? Primitives[Type]
      : unknown
  : unknown

interface Primitives {
  string: string
  number: number
  boolean: boolean
}
