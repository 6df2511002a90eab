import type { EventName, HandledEvent, MeasurementsFor, MetadataFor, Payload, SpanMetadata } from './event-types.ts'

/** The numbers of an event. Times are integer nanoseconds, sizes bytes, ratios 0–1; the catalog states each unit. */
export type Measurements = { readonly [key: string]: unknown }

/** Everything about an event that is not a number to aggregate. Keys are snake_case. */
export type Metadata = { readonly [key: string]: unknown }

/** A function that stops what the call that returned it began. True the first time, false when there was nothing left to stop. */
export interface Detach {
  (): boolean
  [Symbol.dispose](): void
}

/**
 * What runs when an event is emitted: synchronously, in the emitter's stack.
 *
 * A handler that throws, or whose promise rejects, never reaches the emitter; see `FailurePolicy`.
 * `measurements` and `metadata` are the emitter's own objects: read them, do not write to them.
 */
export type Handler<Pattern extends string = string, Config = unknown> = (
  event: HandledEvent<Pattern>,
  measurements: MeasurementsFor<Pattern>,
  metadata: MetadataFor<Pattern>,
  config: Config,
) => void | Promise<void>

/**
 * What happens to a handler that fails.
 *
 * `quarantine`: out of dispatch for 1 s, doubling to 60 s, then one trial call. `detach`: removed for good, which is
 * Elixir's rule. `keep`: only reported.
 */
export type FailurePolicy = 'quarantine' | 'detach' | 'keep'

export type HandlerState = 'active' | 'quarantined' | 'probation'

export interface AttachOptions {
  readonly onFailure?: FailurePolicy
  /** Detaches when aborted. A signal that is aborted already attaches nothing. */
  readonly signal?: AbortSignal
  /** Called by `bus.flush()`: resolve when everything accepted so far has been delivered or dropped. */
  flush?(): Promise<void>
  /** Called by `bus.close()`, after `flush`. */
  close?(): void | Promise<void>
}

export interface HandlerInfo {
  readonly id: string
  /** The name or pattern that this row was attached to. */
  readonly event: string
  readonly handler: Handler
  readonly config: unknown
  readonly state: HandlerState
}

/** Time and timers. Timers never keep the process alive, except on a clock that you write yourself. */
export interface Clock {
  /** Milliseconds since the epoch, possibly fractional. `monotonic`, a reading just taken, may save a second one. */
  wallTime(monotonic?: number): number
  /** Integer nanoseconds since an arbitrary origin; never goes back. */
  monotonicTime(): number
  /** Runs `fn` once, `ms` milliseconds from now. */
  after(ms: number, fn: () => void): Cancel
  /** Runs `fn` every `ms` milliseconds. */
  every(ms: number, fn: () => void): Cancel
}

export type Cancel = () => void

export interface SamplingRule {
  /** Matched against whole event names; a span is decided by its `.start`. */
  readonly pattern: string
  /** Share of events kept, 0 to 1. */
  readonly rate: number
}

/** Run-time control over what is emitted. `deny` beats `allow`; the first sampling rule that matches wins. */
export interface Control {
  /** False silences everything but `telemetry.**`. */
  readonly enabled: boolean
  readonly sampling: readonly SamplingRule[]
  /** Patterns; when there are any, only names that match one are emitted (and `telemetry.**`). */
  readonly allow: readonly string[]
  readonly deny: readonly string[]
}

/** Counts since the bus was made, and the present level of `handlers`, `quarantined`, `names` and `openSpans`. */
export interface BusStats {
  /** Emits that somebody listened to. */
  readonly executed: number
  /** Handler calls made. */
  readonly dispatched: number
  /** Emits with a malformed name or payload. */
  readonly invalid: number
  /** Emits or handler calls refused by the recursion limits. */
  readonly dropped: number
  readonly sampledOut: number
  /** Emits refused by `allow`, `deny` or `enabled: false` that somebody would have listened to. */
  readonly filtered: number
  /** Handler calls that threw or rejected. */
  readonly failures: number
  readonly handlers: number
  readonly quarantined: number
  /** Event names that the bus keeps state for. */
  readonly names: number
  readonly openSpans: number
  readonly doubleEnded: number
  readonly enrichFailed: number
}

export type LifecycleEvents = {
  attached: { readonly id: string; readonly events: readonly string[] }
  detached: { readonly id: string; readonly events: readonly string[] }
  /** `retryIn`: nanoseconds. */
  quarantined: { readonly id: string; readonly retryIn: number }
  /** `quarantinedFor`: nanoseconds. */
  recovered: { readonly id: string; readonly quarantinedFor: number }
}

/** Low-rate notices about the bus itself. A listener that throws is contained. */
export interface Emitter<E> {
  on<K extends keyof E>(type: K, listener: (notice: E[K]) => void): Detach
}

/** A pre-resolved event name: the fastest way to emit. Make one per name, once. */
export interface EventPoint<N extends EventName = EventName> {
  readonly name: N
  /** True while somebody listens and no rule silences the name: guard costly payloads with it. */
  readonly enabled: boolean
  execute(...payload: Payload<N>): void
  /** Builds the payload only when somebody listens. A `build` that throws is counted in `stats().invalid`. */
  executeLazy(build: () => Payload<N>): void
}

/** A pre-resolved operation: `name.start`, `name.stop`, `name.exception`. */
export interface Operation<N extends string = string> {
  readonly name: N
  readonly enabled: boolean
  span<T>(metadata: SpanMetadata<N> | undefined, body: (span: Span) => T): T
  start(metadata?: SpanMetadata<N>, options?: SpanOptions): Span
}

export interface SpanOptions {
  /** After this many milliseconds without an end the span ends itself: `exception`, outcome `abandoned`. */
  readonly deadlineMs?: number
  /** Measurements of `start`; `monotonic_time` and `system_time` cannot be replaced. */
  readonly measurements?: Measurements
}

/** One run of an operation. Ends once: later ends are ignored and counted in `stats().doubleEnded`. */
export interface Span {
  /** 16 hex characters, the same in all events of the span; empty when nobody listened at the start. */
  readonly id: string
  /** Metadata for the end of the span, over what it began with. */
  set(metadata: Metadata): this
  /** Measurements for the end of the span; `duration` and `monotonic_time` cannot be replaced. */
  measure(measurements: Measurements): this
  /** Marks the outcome `error` and sets the metadata key `error`; the span still ends in `stop`. */
  fail(reason: unknown): this
  stop(measurements?: Measurements, metadata?: Metadata): void
  exception(error: unknown): void
}

export interface BusOptions {
  /** Shown in the warning that a handler has failed while nobody listens to failures. */
  readonly name?: string
  readonly clock?: Clock
  /** Default for handlers attached without `onFailure`. */
  readonly onFailure?: FailurePolicy
  /** Deep-freezes every payload: for development, to find handlers that write to what they are given. */
  readonly strict?: boolean
}

/** An event name or pattern: dotted, or an array of segments. */
export type NameInput<P extends string = string> = P | readonly string[]

/** The event bus: code that does work says `execute`, code that reacts says `attach`. */
export interface Bus {
  /** Runs every handler of `event`, in the order they were attached. Never throws. */
  execute<const N extends string>(event: N, ...payload: Payload<N>): void
  execute(event: readonly string[], measurements: Measurements, metadata?: Metadata): void

  /**
   * Calls `handler` for every event that `pattern` matches: an exact name, `*` for one segment, `**` at the end for one
   * or more. Ids are unique over the bus; a duplicate throws `handler_exists`.
   */
  attach<const P extends string, Config = undefined>(
    id: string,
    pattern: P,
    handler: Handler<P, Config>,
    config?: Config,
    options?: AttachOptions,
  ): Detach
  attach<Config = undefined>(
    id: string,
    pattern: readonly string[],
    handler: Handler<string, Config>,
    config?: Config,
    options?: AttachOptions,
  ): Detach

  /** One handler under one id for several patterns; it runs once per emit however many match. */
  attachMany<const P extends string, Config = undefined>(
    id: string,
    patterns: readonly P[],
    handler: Handler<P, Config>,
    config?: Config,
    options?: AttachOptions,
  ): Detach

  /** Removes the handler from all its events; false when the id is unknown. */
  detach(id: string): boolean

  /** One row per handler and pattern whose name begins with `prefix`, on segment borders; all without one. */
  listHandlers(prefix?: NameInput): HandlerInfo[]

  event<const N extends EventName>(name: N): EventPoint<N>
  event(name: readonly string[]): EventPoint
  operation<const N extends string>(name: N): Operation<N>
  operation(name: readonly string[]): Operation

  /** Emits `name.start`, runs `body`, then `name.stop` or `name.exception`; returns what `body` returned. */
  span<const N extends string, T>(name: N, metadata: SpanMetadata<N> | undefined, body: (span: Span) => T): T
  span<T>(name: readonly string[], metadata: Metadata | undefined, body: (span: Span) => T): T
  /** A span that you end yourself; one that is forgotten or outlives its deadline ends in `exception`, outcome `abandoned`. */
  startSpan<const N extends string>(name: N, metadata?: SpanMetadata<N>, options?: SpanOptions): Span
  startSpan(name: readonly string[], metadata?: Metadata, options?: SpanOptions): Span

  /** `fn` wrapped in a span of that name, `this` and arguments passed on. */
  instrument<F extends (this: never, ...args: never[]) => unknown>(
    name: NameInput,
    fn: F,
    metadata?: (...args: Parameters<F>) => Metadata,
  ): F

  /**
   * Puts keys under the metadata of every event that has a listener; the event's own keys win.
   * A `span_id` given here names the enclosing span: a span that starts there carries it as `parent_span_id`.
   * For a span it is asked once, at the start, with the span; what it gives is under all three events.
   * `fresh` says that `fn` makes a new object each time, which then needs no copy.
   */
  enrich(fn: (span?: Span) => Metadata | undefined, options?: { readonly fresh?: boolean }): Detach

  /** Wraps every span body; where nobody listens, `span.id` is empty. `run` must call `body` once and return what it returns. */
  around(run: <T>(span: Span, body: () => T) => T): Detach

  /** Replaces the rules given and returns the effective ones. Bad rules throw and change nothing. */
  control(rules: Partial<Control>): Control

  readonly lifecycle: Emitter<LifecycleEvents>
  stats(): BusStats

  /** Flushes all handlers in parallel, 5 s at most. */
  flush(): Promise<void>
  /** Flushes, closes and detaches all handlers. Afterwards nothing is emitted or attached. */
  close(): Promise<void>
  readonly clock: Clock
}
