import { runInSlices } from 'sonde/delivery'
import { createExportReader, type MetricStore } from 'sonde/metrics'
import { toMetrics } from '../encode/metrics.ts'
import { type EncodedRequest, encodeMetrics, type RequestFormat } from '../encode/request.ts'
import { splitMetrics } from '../encode/split.ts'
import type { Pipeline } from './pipeline.ts'

/** The metrics of a store, read from time to time. */
export interface MetricsSignal {
  /**
   * Reads the store, in slices, and puts what it says into the pipeline, unless that has no room: then what has changed stays in the
   * store, where deltas merge by themselves, and the same bytes are tried again. Resolves when all is put in. Never throws.
   */
  collect(): Promise<void>
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

  /** Of the reading that is under way. */
  let requests: Generator<EncodedRequest, void> | undefined
  let reading: Promise<void> = Promise.resolve()

  function* encoded(): Generator<EncodedRequest, void> {
    for (const chunk of splitMetrics(toMetrics(read(), exponentialHistograms), maxPoints)) {
      const { requests: fitting, tooLarge } = encodeMetrics(chunk, format)
      pipeline.countLost('overflow', tooLarge)
      yield* fitting
    }
  }

  const readAll = async (work: Generator<EncodedRequest, void>) => {
    const put = ({ body, items }: EncodedRequest) => {
      pipeline.put(body, { count: items, bytes: body.length })
      return true
    }
    try {
      await runInSlices(work, put)
    } catch {
      // A store that is not ours has thrown; the next reading is another try.
    }
    requests = undefined
  }

  return {
    collect() {
      if (requests !== undefined || !pipeline.hasRoom) return reading
      requests = encoded()
      reading = readAll(requests)
      return reading
    },
    collectAtExit() {
      const { putAtExit } = pipeline
      if (putAtExit === undefined) return
      // What the reading under way has taken out of the store is nowhere else.
      for (const work of [requests ?? [], encoded()]) {
        for (const { body, items } of work) putAtExit(body, { count: items })
      }
    },
  }
}
