import { join } from 'node:path'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Bus } from 'sonde'
import type { MetricStore } from 'sonde/metrics'
import { createDiskBuffer, createMemoryBuffer, type RequestBuffer } from './buffers.ts'
import { readResource, readTemporality } from './environment.ts'
import { createGrpcTransport, requireGrpc } from './grpc.ts'
import { createHttpTransport } from './http.ts'
import { createLogBatch, type LogBatch } from './log-batch.ts'
import { createMetricsSignal, type MetricsSignal } from './metrics-signal.ts'
import type { OtlpOptions } from './options.ts'
import { createPipeline, type Pipeline } from './pipeline.ts'
import { encodeLogs, type RequestFormat } from './request.ts'
import { resourceAttributes, toResource } from './resource.ts'
import type { Signal } from './response.ts'
import { createProducerSignal, createSdkTransport, preferredTemporality } from './sdk-exporter.ts'
import { readSettings, type SignalSettings } from './settings.ts'
import { createWarnings } from './warning.ts'

/** A signal with its pipeline. */
export interface MetricsRoad extends MetricsSignal {
  readonly pipeline: Pipeline<Uint8Array> | Pipeline<ResourceMetrics>
}

export interface LogsRoad extends Pick<LogBatch, 'add' | 'flush'> {
  readonly pipeline: Pipeline<Uint8Array>
  /** Writes what has come so far to the directory, at the end of the process. */
  saveAtExit(): void
}

/** What has been read from options and environment, without having begun anything. */
export interface Plan {
  readonly timeoutMs: number
  /** Opens directories and makes senders. Throws when a directory cannot be used, and leaves nothing then. */
  begin(bus: Bus): { readonly metrics?: MetricsRoad; readonly logs?: LogsRoad }
}

/** Reads options and environment. Throws `invalid_option` and `missing_peer`. */
export function planSignals(options: OtlpOptions): Plan {
  const { store, logs, exporter, id = 'otlp', environment = process.env } = options
  const attributes = resourceAttributes(readResource(environment), store?.globalTags ?? {}, options.resource ?? {})
  const metrics = store === undefined ? undefined : readSettings(options, 'metrics')
  const records = logs === undefined ? undefined : readSettings(options, 'logs')
  const temporality = options.temporality ?? readTemporality(environment)
  const ofOthers = exporter === undefined ? [metrics, records] : [records]
  if (ofOthers.some((settings) => settings?.protocol === 'grpc')) requireGrpc()
  const formatOf = ({ encoding }: SignalSettings): RequestFormat => {
    return { encoding, resource: toResource(attributes), maxBytes: options.maxRequestBytes ?? 64 * 1_048_576 }
  }

  const metricsRoad = (bus: Bus, of: MetricStore, settings: SignalSettings): MetricsRoad => {
    const { exponentialHistograms = false, maxPoints = 10_000 } = options
    if (exporter !== undefined) {
      const transport = createSdkTransport(bus.clock, exporter, settings.timeoutMs)
      const buffer = createMemoryBuffer<ResourceMetrics>(bus, { sink: `${id}.metrics` })
      const pipeline = createPipeline(bus, {
        ...common(bus, settings),
        buffer,
        transport,
        bytesOf: () => 0,
        insecure: false,
      })
      const producer = of.producer({ temporality: temporality ?? preferredTemporality(exporter) })
      return { pipeline, ...createProducerSignal(pipeline, producer, attributes) }
    }
    const pipeline = ownPipeline(bus, settings)
    const reading = { store: of, temporality: temporality ?? 'cumulative', exponentialHistograms, maxPoints }
    return { pipeline, ...createMetricsSignal(pipeline, { ...reading, format: formatOf(settings) }) }
  }

  const logsRoad = (bus: Bus, settings: SignalSettings): LogsRoad => {
    const pipeline = ownPipeline(bus, settings)
    const format = formatOf(settings)
    const batch = createLogBatch(bus.clock, (taken) => {
      const { requests, tooLarge } = encodeLogs(taken, format)
      pipeline.countLost('overflow', tooLarge)
      for (const { body, items } of requests) pipeline.put(body, { count: items, bytes: body.length })
    })
    return {
      pipeline,
      add: batch.add,
      flush: batch.flush,
      saveAtExit() {
        for (const { body, items } of encodeLogs(batch.take(), format).requests)
          pipeline.putAtExit?.(body, { count: items })
      },
    }
  }

  const common = (bus: Bus, { signal, timeoutMs, insecure }: SignalSettings) => {
    const sink = `${id}.${signal}`
    return { sink, timeoutMs, insecure, retryMs: options.retryMs ?? 10_000, warn: createWarnings(bus, sink) }
  }

  const ownPipeline = (bus: Bus, settings: SignalSettings): Pipeline<Uint8Array> => {
    const transport =
      settings.protocol === 'grpc' ? createGrpcTransport(bus.clock, settings) : createHttpTransport(bus.clock, settings)
    const buffer = bufferFor(bus, { ...settings, directory: options.directory, sink: `${id}.${settings.signal}` })
    return createPipeline(bus, { ...common(bus, settings), buffer, transport, bytesOf: (body) => body.length })
  }

  return {
    timeoutMs: Math.max(metrics?.timeoutMs ?? 0, records?.timeoutMs ?? 0),
    begin(bus) {
      const road = store && metrics && metricsRoad(bus, store, metrics)
      try {
        return { ...(road && { metrics: road }), ...(records && { logs: logsRoad(bus, records) }) }
      } catch (error) {
        road?.pipeline.close()
        throw error
      }
    },
  }
}

/** Requests in the two encodings do not mix: a program that changes its protocol finds what it left when it changes back. */
function bufferFor(
  bus: Bus,
  {
    sink,
    signal,
    encoding,
    directory,
  }: { sink: string; signal: Signal; encoding: string; directory: string | undefined },
): RequestBuffer<Uint8Array> {
  const key = signal === 'metrics' ? { key: signal } : {}
  if (directory === undefined) return createMemoryBuffer(bus, { sink, ...key })
  return createDiskBuffer(bus, { sink, ...key, directory: join(directory, `${signal}-${encoding}`) })
}
