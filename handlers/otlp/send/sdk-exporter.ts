import type { MetricProducer, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Clock } from 'sonde'
import { classifyStatus } from 'sonde/delivery'
import type { ResourceAttributes } from '../encode/resource.ts'
import { isRetriedGrpcStatus } from './grpc-status.ts'
import type { MetricsSignal } from './metrics-signal.ts'
import type { Pipeline } from './pipeline.ts'
import type { Answer, Transport } from './transport.ts'

/** AggregationTemporality.DELTA and InstrumentType.COUNTER of the SDK. */
const DELTA = 0
const COUNTER = 'COUNTER'

/** What an exporter of the SDK sends, and which temporality it wants. */
export function preferredTemporality(exporter: PushMetricExporter): 'cumulative' | 'delta' {
  // The cast: the enum's values are what it is made of in 2.x and 3.x, and the SDK is not loaded for a name.
  const selected = exporter.selectAggregationTemporality?.(COUNTER as never)
  return selected === DELTA ? 'delta' : 'cumulative'
}

/** Lets an exporter of the SDK send. What it reports becomes an answer; one that never does is a failure after the time limit. */
export function createSdkTransport(
  clock: Clock,
  exporter: PushMetricExporter,
  timeoutMs: number,
): Transport<ResourceMetrics> {
  return {
    send(metrics, abort) {
      return new Promise((resolve) => {
        const end = (answer: Answer) => {
          cancelTimer()
          abort.removeEventListener('abort', cancel)
          resolve(answer)
        }
        const cancel = () => end({ outcome: 'retry', reason: 'aborted' })
        const late = () => end({ outcome: 'retry', reason: `the exporter has not reported within ${timeoutMs} ms` })
        const cancelTimer = clock.after(timeoutMs, late)
        abort.addEventListener('abort', cancel)
        try {
          exporter.export(metrics, ({ code, error }) =>
            end(code === 0 ? { outcome: 'delivered', reason: 'taken' } : refusal(error)),
          )
        } catch (error) {
          end(refusal(error))
        }
      })
    },
    close() {
      // It is the user's: who has made it shuts it down.
    },
  }
}

/** Reads a store through its MetricProducer, for a pipeline whose requests are readings. */
export function createProducerSignal(
  pipeline: Pipeline<ResourceMetrics>,
  producer: MetricProducer,
  attributes: ResourceAttributes,
): MetricsSignal {
  const resource: ResourceMetrics['resource'] = {
    attributes,
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  }
  let reading: Promise<void> | undefined

  /** Never rejects: the producer is ours. */
  const collect = async () => {
    const { resourceMetrics } = await producer.collect()
    const count = countPoints(resourceMetrics)
    if (count > 0) pipeline.put({ ...resourceMetrics, resource }, { count, bytes: 0 })
  }

  return {
    collect() {
      if (!pipeline.hasRoom) return reading ?? Promise.resolve()
      reading ??= collect().finally(() => {
        reading = undefined
      })
      return reading
    },
    collectAtExit: () => {},
  }
}

function countPoints({ scopeMetrics }: ResourceMetrics): number {
  return scopeMetrics.reduce(
    (sum, { metrics }) => metrics.reduce((all, { dataPoints }) => all + dataPoints.length, sum),
    0,
  )
}

/** Exporters put the status of HTTP or gRPC on their errors as `code`; their messages quote addresses. */
function refusal(error: unknown): Answer {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (typeof code !== 'number') return { outcome: 'retry', reason: 'the exporter has reported a failure' }
  const outcome = code >= 100 ? classifyStatus(code) : isRetriedGrpcStatus(code) ? 'retry' : 'permanent'
  return {
    outcome: outcome === 'delivered' ? 'permanent' : outcome,
    status: code,
    reason: `the exporter has reported status ${code}`,
  }
}
