/**
 * OTLP messages as plain objects, exactly as OTLP/JSON writes them: lowerCamelCase, 64-bit integers as decimal strings, ids in
 * hex, enums as integers (opentelemetry-proto, docs/specification.md, "JSON Protobuf Encoding"). `protobuf.ts` writes the
 * same objects in binary. What is not needed here is left out.
 */

/** Exactly one of the fields; none for null. */
export interface AnyValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values: readonly AnyValue[] }
  readonly kvlistValue?: { readonly values: readonly KeyValue[] }
}

export interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

export interface Resource {
  readonly attributes: readonly KeyValue[]
}

export interface Scope {
  readonly name: string
  readonly version: string
}

/** `AggregationTemporality`: 1 is delta, 2 cumulative. */
export type Temporality = 1 | 2

export interface Exemplar {
  readonly filteredAttributes: readonly KeyValue[]
  readonly timeUnixNano: string
  readonly asDouble: number
  readonly traceId?: string
  readonly spanId?: string
}

/** What all data points have. */
export interface PointFrame {
  readonly attributes: readonly KeyValue[]
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
}

/** Always a double, because that is what the store holds. */
export interface NumberPoint extends PointFrame {
  readonly asDouble: number
}

interface AnyHistogramPoint extends PointFrame {
  readonly count: string
  readonly sum?: number
  readonly min?: number
  readonly max?: number
  readonly exemplars?: readonly Exemplar[]
}

export interface HistogramPoint extends AnyHistogramPoint {
  readonly bucketCounts: readonly string[]
  readonly explicitBounds: readonly number[]
}

/** `bucketCounts[i]` counts the values above base^(offset + i) up to base^(offset + i + 1). */
export interface ExponentialBuckets {
  readonly offset: number
  readonly bucketCounts: readonly string[]
}

/** Base = 2^(2^-scale). */
export interface ExponentialPoint extends AnyHistogramPoint {
  readonly scale: number
  readonly zeroCount: string
  readonly positive: ExponentialBuckets
  readonly negative: ExponentialBuckets
}

/** One of the four kinds of data is there. */
export interface Metric {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] }
  readonly sum?: {
    readonly dataPoints: readonly NumberPoint[]
    readonly aggregationTemporality: Temporality
    readonly isMonotonic: boolean
  }
  readonly histogram?: { readonly dataPoints: readonly HistogramPoint[]; readonly aggregationTemporality: Temporality }
  readonly exponentialHistogram?: {
    readonly dataPoints: readonly ExponentialPoint[]
    readonly aggregationTemporality: Temporality
  }
}

export interface MetricsRequest {
  readonly resourceMetrics: readonly {
    readonly resource: Resource
    readonly scopeMetrics: readonly { readonly scope: Scope; readonly metrics: readonly Metric[] }[]
  }[]
}

export interface LogRecord {
  readonly timeUnixNano: string
  readonly observedTimeUnixNano: string
  readonly severityNumber: number
  readonly severityText: string
  readonly eventName: string
  readonly body: AnyValue
  readonly attributes: readonly KeyValue[]
  readonly traceId?: string
  readonly spanId?: string
}

export interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: Resource
    readonly scopeLogs: readonly { readonly scope: Scope; readonly logRecords: readonly LogRecord[] }[]
  }[]
}
