import type { Clock, Measurements, Metadata } from '../core/types.ts'
import type { MeasurementFunction, MetricDefinition, Predicate } from './definition.ts'
import type { EventTime } from './event-time.ts'
import { LatestExemplar } from './latest-exemplar.ts'
import { DistributionSeries, type InvalidReason, type Series } from './series.ts'
import { toTags } from './series-key.ts'
import type { SeriesTable } from './series-table.ts'

/**
 * Event × definition → value and series. Plain fields read once from the definition, because this runs per event.
 * Functions of the definition may throw; the caller contains that, metric by metric.
 */
export class MetricRecorder {
  readonly table: SeriesTable
  readonly name: string
  readonly key: string
  readonly compute: MeasurementFunction | undefined
  readonly counts: boolean
  readonly keep: Predicate | undefined
  readonly tagValues: ((metadata: Metadata) => Metadata) | undefined
  readonly tagsOf: ((metadata: Metadata) => Metadata) | undefined
  readonly multiply: number
  readonly divide: number
  readonly exemplars: boolean
  readonly time: EventTime
  readonly clock: Clock

  constructor(definition: MetricDefinition, table: SeriesTable, clock: Clock) {
    const { measurement, tags, scale } = definition
    this.table = table
    this.name = definition.name
    this.key = typeof measurement === 'string' ? measurement : ''
    this.compute = typeof measurement === 'function' ? measurement : undefined
    this.counts = definition.type === 'counter'
    this.keep = definition.keep
    this.tagValues = definition.tagValues
    this.tagsOf = typeof tags === 'function' ? tags : undefined
    this.multiply = scale[0]
    this.divide = scale[1]
    this.exemplars = definition.type === 'distribution'
    this.time = table.time
    this.clock = clock
  }

  /** Records the event at `time.latest`; the reason when its value cannot be recorded. What `keep` refuses is no fault. */
  record(measurements: Measurements, metadata: Metadata, weight: number): InvalidReason | undefined {
    if (this.keep !== undefined && !this.keep(metadata, measurements)) return undefined
    let value = 1
    if (!this.counts) {
      const found = this.compute === undefined ? measurements[this.key] : this.compute(measurements, metadata)
      // x − x is 0 for every finite number and NaN for the others.
      if (typeof found !== 'number' || found - found !== 0) return reasonOf(found)
      // One of the two is 1, and a division takes several times as long. Adding 0 makes 0 of −0.
      value = (this.divide === 1 ? found * this.multiply : found / this.divide) + 0
      if (value - value !== 0) return 'out_of_range'
    }
    const known = this.seriesOf(metadata)
    if (known === undefined) return 'invalid_tags'
    const series = this.table.used(known, this.time.latest)
    series.cells[3] = value
    const refused = series.record(weight)
    if (
      this.exemplars &&
      refused === undefined &&
      (metadata['trace_id'] !== undefined || metadata['correlation_id'] !== undefined)
    )
      this.addExemplar(series, metadata)
    return refused
  }

  seriesOf(metadata: Metadata): Series | undefined {
    const source = this.tagValues === undefined ? metadata : this.tagValues(metadata)
    if (!isObject(source)) return undefined
    if (this.tagsOf === undefined) return this.table.fromKeys(source)
    const tags = this.tagsOf(source)
    return isObject(tags) ? this.table.fromTags(toTags(tags), this.time.latest) : undefined
  }

  addExemplar(series: Series, metadata: Metadata): void {
    if (!(series instanceof DistributionSeries)) return
    const exemplar = series.exemplar ?? new LatestExemplar()
    if (!exemplar.take(metadata)) return
    exemplar.value = series.cells[3]
    exemplar.time = this.clock.wallTime(this.time.latest)
    series.exemplar = exemplar
  }
}

function reasonOf(value: unknown): InvalidReason {
  if (value === undefined || value === null) return 'missing'
  return typeof value === 'number' ? 'not_finite' : 'not_a_number'
}

function isObject(value: unknown): value is Metadata {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
