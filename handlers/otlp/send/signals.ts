import { join } from 'node:path'
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Bus } from 'sonde'
import type { MetricStore } from 'sonde/metrics'
import { encodeLogs } from '../encode/request.ts'
import { formatOf, type Plan } from '../plan.ts'
import type { SignalSettings } from '../settings.ts'
import { createDiskBuffer, createMemoryBuffer } from './buffers.ts'
import { createGrpcTransport } from './grpc.ts'
import { createHttpTransport } from './http.ts'
import { createLogBatch, type LogBatch } from './log-batch.ts'
import { createMetricsSignal, type MetricsSignal } from './metrics-signal.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'
import { createProducerSignal, createSdkTransport, preferredTemporality } from './sdk-exporter.ts'
import { createWarnings } from './warning.ts'

/** Metrics on their way out. */
export interface MetricsRoad extends MetricsSignal {
  readonly pipeline: Pipeline<Uint8Array> | Pipeline<ResourceMetrics>
}

/** Log records on their way out. */
export interface LogsRoad extends Pick<LogBatch, 'add' | 'flush'> {
  readonly pipeline: Pipeline<Uint8Array>
  /** Writes what has come so far to the directory, at the end of the process. */
  saveAtExit(): void
}

/** What was asked for. */
export interface Roads {
  readonly metrics?: MetricsRoad
  readonly logs?: LogsRoad
}

/** The default of the OpenTelemetry SDKs. */
const BATCH_MS = 5_000
/** Until a record is on disk, a kill of the process would cost it. */
const DURABLE_BATCH_MS = 500

/** Opens directories and makes senders. Throws when a directory cannot be used, and leaves nothing then. */
export function beginSignals(bus: Bus, plan: Plan): Roads {
  const { options, metrics, logs } = plan
  const { store, exporter } = options
  const road =
    store &&
    metrics &&
    (exporter === undefined
      ? ownMetrics(bus, plan, store, metrics)
      : sdkMetrics(bus, plan, { store, exporter }, metrics))
  try {
    return { ...(road && { metrics: road }), ...(logs && { logs: ownLogs(bus, plan, logs) }) }
  } catch (error) {
    road?.pipeline.close()
    throw error
  }
}

function ownMetrics(bus: Bus, plan: Plan, store: MetricStore, settings: SignalSettings): MetricsRoad {
  const { exponentialHistograms = false, maxPoints = 2_000 } = plan.options
  const pipeline = ownPipeline(bus, plan, settings)
  const temporality = plan.temporality ?? 'cumulative'
  const format = formatOf(plan, settings)
  return {
    pipeline,
    ...createMetricsSignal(pipeline, { store, temporality, exponentialHistograms, maxPoints, format }),
  }
}

interface Brought {
  readonly store: MetricStore
  readonly exporter: PushMetricExporter
}

function sdkMetrics(bus: Bus, plan: Plan, { store, exporter }: Brought, settings: SignalSettings): MetricsRoad {
  const shared = pipelineParts(bus, plan, settings)
  const pipeline = createPipeline<ResourceMetrics>(bus, {
    ...shared,
    buffer: createMemoryBuffer(bus, { sink: shared.sink }),
    transport: createSdkTransport(bus.clock, exporter, settings.timeoutMs),
    // Only the exporter knows what it writes, and where.
    bytesOf: () => 0,
    insecure: false,
  })
  const producer = store.producer({ temporality: plan.temporality ?? preferredTemporality(exporter) })
  return { pipeline, ...createProducerSignal(pipeline, producer, plan.attributes) }
}

function ownLogs(bus: Bus, plan: Plan, settings: SignalSettings): LogsRoad {
  const pipeline = ownPipeline(bus, plan, settings)
  const format = formatOf(plan, settings)
  const maxWaitMs = plan.options.directory === undefined ? BATCH_MS : DURABLE_BATCH_MS
  const batch = createLogBatch(bus.clock, {
    maxWaitMs,
    handOver(records) {
      const { requests, tooLarge } = encodeLogs(records, format)
      pipeline.countLost('overflow', tooLarge)
      for (const { body, items } of requests) pipeline.put(body, { count: items, bytes: body.length })
    },
  })
  return {
    pipeline,
    add: batch.add,
    flush: batch.flush,
    saveAtExit() {
      if (pipeline.putAtExit === undefined) return
      for (const { body, items } of encodeLogs(batch.take(), format).requests)
        pipeline.putAtExit(body, { count: items })
    },
  }
}

function ownPipeline(bus: Bus, plan: Plan, settings: SignalSettings): Pipeline<Uint8Array> {
  const { signal, encoding, protocol } = settings
  const { directory } = plan.options
  const shared = pipelineParts(bus, plan, settings)
  const waiting = { sink: shared.sink, ...(signal === 'metrics' && { key: signal }) }
  const buffer =
    directory === undefined
      ? createMemoryBuffer<Uint8Array>(bus, waiting)
      : // The encodings do not mix: a program that changes its protocol finds what it left when it changes back.
        createDiskBuffer(bus, { ...waiting, directory: join(directory, `${signal}-${encoding}`) })
  const transport = (protocol === 'grpc' ? createGrpcTransport : createHttpTransport)(bus.clock, settings)
  return createPipeline(bus, { ...shared, buffer, transport, bytesOf: (body) => body.length })
}

function pipelineParts(bus: Bus, { id, options }: Plan, { signal, timeoutMs, insecure }: SignalSettings) {
  const sink = `${id}.${signal}`
  return { sink, timeoutMs, insecure, retryMs: options.retryMs ?? 10_000, warn: createWarnings(bus, sink) }
}
