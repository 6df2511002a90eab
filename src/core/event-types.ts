import type { Measurements, Metadata } from './types.ts'

/** What an event carries. */
export interface EventShape {
  readonly measurements: object
  readonly metadata: object
}

/**
 * The events whose payloads TypeScript checks. Open for declaration merging:
 *
 * ```ts
 * declare module 'sonde' {
 *   interface Events extends EventsOf<typeof shopEvents> {}
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is empty so that others can merge into it
export interface Events {}

export type KnownEvent = keyof Events & string

/** Any string, with the known names offered first. */
export type EventName = KnownEvent | (string & {})

/** Whether the name `N` is matched by the pattern `P`, segment by segment. */
type Matches<N extends string, P extends string> = P extends '**'
  ? true
  : P extends `${infer PatternHead}.${infer PatternTail}`
    ? N extends `${infer NameHead}.${infer NameTail}`
      ? PatternHead extends '*' | NameHead
        ? Matches<NameTail, PatternTail>
        : false
      : false
    : P extends '*'
      ? N extends `${string}.${string}`
        ? false
        : true
      : P extends N
        ? true
        : false

/** The pattern as a template that every match fits, and some names with more segments: sorts out most names in one step. */
type Template<P extends string> = P extends `${infer Before}*${infer After}`
  ? After extends '*'
    ? `${Before}${string}`
    : `${Before}${string}${Template<After>}`
  : P

/** The known events a name or pattern stands for; never when it stands for none. */
export type Known<P extends string> = P extends KnownEvent
  ? P
  : { [N in KnownEvent & Template<P>]: Matches<N, P> extends true ? N : never }[KnownEvent & Template<P>]

/**
 * The parts of every known event by name. Looked up by their keys: a condition such as `Events[N] extends EventShape` makes
 * TypeScript compare every payload there is with a structure, for each pattern anew.
 */
type AllMeasurements = { [N in KnownEvent]: Events[N]['measurements' & keyof Events[N]] }
type AllMetadata = { [N in KnownEvent]: Events[N]['metadata' & keyof Events[N]] }

/** The event name a handler of `P` is called with. */
export type HandledEvent<P extends string> = NoInfer<
  P extends string ? ([Known<P>] extends [never] ? string : Known<P>) : never
>

/**
 * The measurements a handler of `P` is called with: a union when a pattern matches several events, or when a list holds
 * several names; what is not known among them stays open.
 *
 * `NoInfer`, here as for the others: `P` is what the pattern says, and to look for it in the union of all payloads takes most of the time.
 */
export type MeasurementsFor<P extends string> = NoInfer<
  P extends string
    ? [Known<P>] extends [never]
      ? { readonly [key: string]: number }
      : AllMeasurements[Known<P>]
    : never
>

export type MetadataFor<P extends string> = NoInfer<
  P extends string ? ([Known<P>] extends [never] ? Metadata : AllMetadata[Known<P>]) : never
>

/** The arguments of an emit after the name. Metadata may be left out where no key of it is required. */
export type Payload<N extends string> = [N] extends [KnownEvent]
  ? Record<never, never> extends AllMetadata[N]
    ? [measurements: AllMeasurements[N], metadata?: AllMetadata[N] & Metadata]
    : [measurements: AllMeasurements[N], metadata: AllMetadata[N] & Metadata]
  : [measurements: Measurements, metadata?: Metadata | null]

/** Keys of a span's metadata that the bus puts there. */
export type SpanKey = 'span_id' | 'parent_span_id' | 'outcome' | 'error' | 'kind' | 'reason' | 'stacktrace'

/** Operation → metadata of its start: one lookup is checked faster than a conditional type for each span. */
type SpanStarts = {
  [K in KnownEvent as K extends `${infer Name}.start` ? Name : never]: Omit<AllMetadata[K], SpanKey> & Metadata
}

/** What a span of the operation `N` starts with. */
export type SpanMetadata<N extends string> = N extends keyof SpanStarts ? SpanStarts[N] : Metadata
