import type { Metric } from './message.ts'

/** A part of a reading, and how many data points are in it. */
export interface MetricChunk {
  readonly metrics: readonly Metric[]
  readonly points: number
}

/** Splits metrics into parts of at most `maxPoints` data points, in order; a metric with more goes into several. */
export function splitMetrics(metrics: readonly Metric[], maxPoints: number): MetricChunk[] {
  const chunks: { metrics: Metric[]; points: number }[] = []
  for (const metric of metrics) {
    const total = countPoints(metric)
    for (let from = 0; from < total; ) {
      const last = chunks.at(-1)
      const chunk = last === undefined || last.points >= maxPoints ? { metrics: [], points: 0 } : last
      if (chunk !== last) chunks.push(chunk)
      const to = Math.min(total, from + maxPoints - chunk.points)
      chunk.metrics.push(slicePoints(metric, from, to))
      chunk.points += to - from
      from = to
    }
  }
  return chunks
}

/** The two halves of a chunk of more than one data point. */
export function halve({ metrics, points }: MetricChunk): MetricChunk[] {
  return splitMetrics(metrics, Math.ceil(points / 2))
}

function countPoints({ gauge, sum, histogram, exponentialHistogram }: Metric): number {
  return (gauge ?? sum ?? histogram ?? exponentialHistogram)?.dataPoints.length ?? 0
}

function slicePoints(metric: Metric, from: number, to: number): Metric {
  if (from === 0 && to === countPoints(metric)) return metric
  const { gauge, sum, histogram, exponentialHistogram, ...shape } = metric
  if (gauge) return { ...shape, gauge: slice(gauge, from, to) }
  if (sum) return { ...shape, sum: slice(sum, from, to) }
  if (histogram) return { ...shape, histogram: slice(histogram, from, to) }
  if (exponentialHistogram) return { ...shape, exponentialHistogram: slice(exponentialHistogram, from, to) }
  return shape
}

function slice<P, D extends { readonly dataPoints: readonly P[] }>(data: D, from: number, to: number): D {
  return { ...data, dataPoints: data.dataPoints.slice(from, to) }
}
