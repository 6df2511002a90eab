import type { Histogram as OpenTelemetryHistogram } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { build, type Histogram } from 'hdr-histogram-js'
import { Histogram as PromHistogram, Registry } from 'prom-client'

export const LABELS: readonly ['method', 'outcome'] = ['method', 'outcome']

let histograms = 0

/** A histogram of prom-client with its default buckets, in a registry of its own. */
export function promHistogram(): PromHistogram<(typeof LABELS)[number]> {
  const name = `bench_${histograms++}`
  return new PromHistogram({ name, help: name, labelNames: LABELS, registers: [new Registry()] })
}

/** A histogram of the OpenTelemetry SDK with explicit default buckets and a reader that never fires by itself. */
export function otelHistogram(): OpenTelemetryHistogram {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })
  return new MeterProvider({ readers: [reader] }).getMeter('bench').createHistogram(`bench_${histograms++}`)
}

/** An hdr-histogram-js with three significant digits: two would miss the half per cent that ours is held to. */
export function hdrHistogram(options: { readonly useWebAssembly?: boolean } = {}): Histogram {
  return build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: 3, ...options })
}
