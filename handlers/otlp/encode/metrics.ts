import type { DataPoint, DistributionValue, ExportedMetric, Exemplar as StoreExemplar } from 'sonde/metrics'
import { toAttributes } from './attributes.ts'
import { createRebucket } from './exponential.ts'
import type { Exemplar, HistogramPoint, Metric, NumberPoint, PointFrame } from './message.ts'
import { toNanos } from './time.ts'
import { hexId } from './trace-ids.ts'

type Point = DataPoint<number | DistributionValue>

/** Readings of a store as OTLP metrics. With `exponential`, histograms with fixed bounds are re-bucketed: see `createRebucket`. */
export function* toMetrics(readings: Iterable<ExportedMetric>, exponential: boolean): Generator<Metric, void> {
  for (const reading of readings) yield toMetric(reading, exponential)
}

function toMetric(reading: ExportedMetric, exponential: boolean): Metric {
  const { name, description, unit, kind, monotonic: isMonotonic, points } = reading
  const shape = { name, description, unit }
  const aggregationTemporality = reading.temporality === 'delta' ? 1 : 2
  if (kind === 'gauge') return { ...shape, gauge: { dataPoints: points.flatMap(numberPoint) } }
  if (kind === 'sum')
    return { ...shape, sum: { dataPoints: points.flatMap(numberPoint), aggregationTemporality, isMonotonic } }
  if (exponential)
    return {
      ...shape,
      exponentialHistogram: { dataPoints: points.flatMap(exponentialPoint), aggregationTemporality },
    }
  return { ...shape, histogram: { dataPoints: points.flatMap(histogramPoint), aggregationTemporality } }
}

function frameOf({ tags, startTime, time }: Point): PointFrame {
  return { attributes: toAttributes(tags), startTimeUnixNano: toNanos(startTime), timeUnixNano: toNanos(time) }
}

function numberPoint(point: Point): NumberPoint[] {
  return typeof point.value === 'number' ? [{ ...frameOf(point), asDouble: point.value }] : []
}

function histogramPoint(point: Point): HistogramPoint[] {
  if (typeof point.value === 'number') return []
  const { bounds, counts } = point.value
  return [{ ...histogramFrame(point, point.value), bucketCounts: counts.map(String), explicitBounds: bounds }]
}

function exponentialPoint(point: Point) {
  if (typeof point.value === 'number') return []
  const { bounds, counts } = point.value
  return [{ ...histogramFrame(point, point.value), ...createRebucket(bounds).apply(counts) }]
}

function histogramFrame(point: Point, { count, sum, min, max }: DistributionValue) {
  const { exemplar } = point
  return {
    ...frameOf(point),
    count: String(count),
    // The sum of a histogram is a counter to its readers; with values below zero it would seem to be reset.
    ...((min === undefined || min >= 0) && { sum }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(exemplar !== undefined && { exemplars: [toExemplar(exemplar)] }),
  }
}

/** What is no id of a trace in OTLP's sense stays readable as an attribute. */
function toExemplar({ value, tags, time }: StoreExemplar): Exemplar {
  const traceId = hexId(tags['trace_id'], 32)
  const spanId = hexId(tags['span_id'], 16)
  const { trace_id, span_id, ...rest } = tags
  const others = { ...(traceId === undefined && { trace_id }), ...(spanId === undefined && { span_id }), ...rest }
  return {
    filteredAttributes: toAttributes(others),
    timeUnixNano: toNanos(time),
    asDouble: value,
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
  }
}
