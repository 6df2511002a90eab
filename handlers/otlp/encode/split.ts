import type { Metric } from './message.ts'

/** A part of a reading, and how many data points are in it. */
export interface MetricChunk {
  readonly metrics: readonly Metric[]
  readonly points: number
}

/** Splits metrics into parts of `maxPoints` data points, the last one of fewer, in order; a metric may go into several. */
export function* splitMetrics(metrics: Iterable<Metric>, maxPoints: number): Generator<MetricChunk, void> {
  let part: Metric[] = []
  let points = 0
  for (const metric of metrics) {
    const total = countPoints(metric)
    for (let from = 0; from < total; ) {
      const to = Math.min(total, from + maxPoints - points)
      part.push(slicePoints(metric, from, to))
      points += to - from
      from = to
      if (points < maxPoints) continue
      yield { metrics: part, points }
      part = []
      points = 0
    }
  }
  if (points > 0) yield { metrics: part, points }
}

/** The two halves of a chunk of more than one data point. */
export function halve({ metrics, points }: MetricChunk): MetricChunk[] {
  return [...splitMetrics(metrics, Math.ceil(points / 2))]
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
