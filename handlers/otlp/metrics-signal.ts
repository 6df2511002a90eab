import { createExportReader, type MetricStore } from 'sonde/metrics'
import { toMetrics } from './metrics.ts'
import type { Pipeline } from './pipeline.ts'
import { type EncodedRequest, encodeMetrics, type RequestFormat } from './request.ts'
import { splitMetrics } from './split.ts'

/** The metrics of a store, read from time to time. */
export interface MetricsSignal {
  /**
   * Reads the store and puts what it says into the pipeline, unless something is still under way there: then what has changed stays in
   * the store, where deltas merge by themselves, and the same bytes are tried again. Never throws.
   */
  collect(): void | Promise<void>
  /** The same at the end of the process, whatever is under way, for a pipeline with a directory. */
  collectAtExit(): void
}

/** How metrics are read and written. */
export interface MetricsOptions {
  readonly store: MetricStore
  readonly temporality: 'cumulative' | 'delta'
  readonly exponentialHistograms: boolean
  readonly maxPoints: number
  readonly format: RequestFormat
}

/** Makes the metrics of a store into requests of a pipeline. */
export function createMetricsSignal(pipeline: Pipeline<Uint8Array>, options: MetricsOptions): MetricsSignal {
  const { store, temporality, exponentialHistograms, maxPoints, format } = options
  const read = createExportReader(store, { temporality })

  const requests = (): readonly EncodedRequest[] => {
    const chunks = splitMetrics(toMetrics(read(), exponentialHistograms), maxPoints)
    return chunks.flatMap((chunk) => {
      const { requests: encoded, tooLarge } = encodeMetrics(chunk, format)
      pipeline.countLost('overflow', tooLarge)
      return encoded
    })
  }

  return {
    collect() {
      if (!pipeline.idle) return
      for (const { body, items } of requests()) pipeline.put(body, { count: items, bytes: body.length })
    },
    collectAtExit() {
      if (pipeline.putAtExit === undefined) return
      for (const { body, items } of requests()) pipeline.putAtExit(body, { count: items })
    },
  }
}
