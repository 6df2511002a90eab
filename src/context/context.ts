/** A value that travels with a trace, and what stands behind its first `;` in the header. */
export interface BaggageEntry {
  readonly value: string
  /** As they came, such as `ttl=30;secret`; empty when there are none. */
  readonly properties: string
}

/** By name. Names are HTTP tokens; at most 64 entries, 8,192 bytes as a header. */
export type Baggage = ReadonlyMap<string, BaggageEntry>

/** The part of OpenTelemetry's `SpanContext` that is read here. */
export interface AmbientSpan {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly traceState?: { serialize(): string }
  readonly isRemote?: boolean
}

/**
 * Who caused what is running: the request, job or message, and the operation within it.
 *
 * One is current in the function that was run with it and in everything which that started: `await`, timers, promises.
 */
export interface Context {
  /** For people: taken from the caller, or a UUID. 1 to 128 of `A-Za-z0-9._:-`. */
  readonly correlationId: string
  /** 32 lower-case hex characters. */
  readonly traceId: string
  /** The operation that is under way: 16 lower-case hex characters. Undefined when the trace began here and none has. */
  readonly spanId: string | undefined
  /** The operation around that one. */
  readonly parentSpanId: string | undefined
  /** `spanId` is an operation of another process, the caller's. */
  readonly isRemote?: boolean
  /**
   * What stands with the other keeper of contexts for the operation, or where it has none for the nearest around it: with
   * other ids when spans are numbered there, unsampled when they are left out there. See `Ambient`.
   */
  readonly ambient?: AmbientSpan | undefined
  /** Bits of the W3C header: 1 is sampled, 2 says that the trace id is random. */
  readonly traceFlags: number
  /** What tracing systems sent along in `tracestate`; empty when they did not. */
  readonly traceState: string
  readonly baggage: Baggage
}

/** `traceFlags`: somebody may have recorded the trace. */
export const SAMPLED = 1
/** `traceFlags`: the last 14 characters of the trace id are random. */
export const RANDOM = 2
