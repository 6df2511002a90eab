/** How a field is written in protobuf. `hex` is bytes that OTLP/JSON writes in hex; `[]` repeats, numbers packed. */
export type FieldType =
  | 'string'
  | 'hex'
  | 'bytes'
  | 'bool'
  | 'uint32'
  | 'sint32'
  | 'int64'
  | 'uint64'
  | 'fixed64'
  | 'double'

/** Number and type of a field; a type that is no `FieldType` names a message. */
export type Field = readonly [number: number, type: string]

/** The fields of one message, in the order of their numbers. */
export type MessageSchema = { readonly [field: string]: Field }

/** What is sent and received as a whole. */
export type RootMessage = 'MetricsRequest' | 'LogsRequest' | 'MetricsResponse' | 'LogsResponse' | 'Status' | 'RetryInfo'

/** What all data points begin with. */
const FRAME: MessageSchema = { startTimeUnixNano: [2, 'fixed64'], timeUnixNano: [3, 'fixed64'] }

/**
 * The fields of OTLP that are written or read here (opentelemetry-proto 1.x: collector, metrics, logs, resource and common,
 * all v1), and of google.rpc.Status, which carries the errors of gRPC.
 */
export const schema: { readonly [message: string]: MessageSchema } = {
  MetricsRequest: { resourceMetrics: [1, 'ResourceMetrics[]'] },
  ResourceMetrics: { resource: [1, 'Resource'], scopeMetrics: [2, 'ScopeMetrics[]'] },
  ScopeMetrics: { scope: [1, 'Scope'], metrics: [2, 'Metric[]'] },
  Metric: {
    name: [1, 'string'],
    description: [2, 'string'],
    unit: [3, 'string'],
    gauge: [5, 'Gauge'],
    sum: [7, 'Sum'],
    histogram: [9, 'Histogram'],
    exponentialHistogram: [10, 'ExponentialHistogram'],
  },
  Gauge: { dataPoints: [1, 'NumberPoint[]'] },
  Sum: { dataPoints: [1, 'NumberPoint[]'], aggregationTemporality: [2, 'uint32'], isMonotonic: [3, 'bool'] },
  Histogram: { dataPoints: [1, 'HistogramPoint[]'], aggregationTemporality: [2, 'uint32'] },
  ExponentialHistogram: { dataPoints: [1, 'ExponentialPoint[]'], aggregationTemporality: [2, 'uint32'] },
  NumberPoint: { ...FRAME, asDouble: [4, 'double'], attributes: [7, 'KeyValue[]'] },
  HistogramPoint: {
    ...FRAME,
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    bucketCounts: [6, 'fixed64[]'],
    explicitBounds: [7, 'double[]'],
    exemplars: [8, 'Exemplar[]'],
    attributes: [9, 'KeyValue[]'],
    min: [11, 'double'],
    max: [12, 'double'],
  },
  ExponentialPoint: {
    attributes: [1, 'KeyValue[]'],
    ...FRAME,
    count: [4, 'fixed64'],
    sum: [5, 'double'],
    scale: [6, 'sint32'],
    zeroCount: [7, 'fixed64'],
    positive: [8, 'Buckets'],
    negative: [9, 'Buckets'],
    exemplars: [11, 'Exemplar[]'],
    min: [12, 'double'],
    max: [13, 'double'],
  },
  Buckets: { offset: [1, 'sint32'], bucketCounts: [2, 'uint64[]'] },
  Exemplar: {
    timeUnixNano: [2, 'fixed64'],
    asDouble: [3, 'double'],
    spanId: [4, 'hex'],
    traceId: [5, 'hex'],
    filteredAttributes: [7, 'KeyValue[]'],
  },
  LogsRequest: { resourceLogs: [1, 'ResourceLogs[]'] },
  ResourceLogs: { resource: [1, 'Resource'], scopeLogs: [2, 'ScopeLogs[]'] },
  ScopeLogs: { scope: [1, 'Scope'], logRecords: [2, 'LogRecord[]'] },
  LogRecord: {
    timeUnixNano: [1, 'fixed64'],
    severityNumber: [2, 'uint32'],
    severityText: [3, 'string'],
    body: [5, 'AnyValue'],
    attributes: [6, 'KeyValue[]'],
    traceId: [9, 'hex'],
    spanId: [10, 'hex'],
    observedTimeUnixNano: [11, 'fixed64'],
    eventName: [12, 'string'],
  },
  Resource: { attributes: [1, 'KeyValue[]'] },
  Scope: { name: [1, 'string'], version: [2, 'string'] },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  AnyValue: {
    stringValue: [1, 'string'],
    boolValue: [2, 'bool'],
    intValue: [3, 'int64'],
    doubleValue: [4, 'double'],
    arrayValue: [5, 'ArrayValue'],
    kvlistValue: [6, 'KeyValueList'],
  },
  ArrayValue: { values: [1, 'AnyValue[]'] },
  KeyValueList: { values: [1, 'KeyValue[]'] },

  MetricsResponse: { partialSuccess: [1, 'MetricsPartialSuccess'] },
  MetricsPartialSuccess: { rejectedDataPoints: [1, 'int64'], errorMessage: [2, 'string'] },
  LogsResponse: { partialSuccess: [1, 'LogsPartialSuccess'] },
  LogsPartialSuccess: { rejectedLogRecords: [1, 'int64'], errorMessage: [2, 'string'] },
  Status: { details: [3, 'Any[]'] },
  Any: { type_url: [1, 'string'], value: [2, 'bytes'] },
  RetryInfo: { retry_delay: [1, 'Duration'] },
  Duration: { seconds: [1, 'int64'], nanos: [2, 'uint32'] },
}
