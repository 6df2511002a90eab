/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS (OTLP specification, "OTLP/gRPC Response"). */
const RETRIED: ReadonlySet<number> = new Set([1, 4, 10, 11, 14, 15])

const RESOURCE_EXHAUSTED = 8

/** Whether a gRPC status is worth a retry. RESOURCE_EXHAUSTED only when the receiver says that it will recover, by RetryInfo. */
export function isRetriedGrpcStatus(code: number, hasRetryInfo = false): boolean {
  return RETRIED.has(code) || (code === RESOURCE_EXHAUSTED && hasRetryInfo)
}
