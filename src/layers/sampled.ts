import { TelemetryError } from '../core/errors.ts'
import { isNeverSampled } from '../core/never-sampled.ts'

type Call<E, M, D, C> = (event: E, measurements: M, metadata: D, config: C) => void | Promise<void>

/** Two numbers from 0 up to 1: the first decides whether an event is kept, the second how its weight is rounded. */
type Draw = readonly [number, number]

/**
 * `handler` for an unbiased random share of the events, `rate` from 0 to 1. What it gets carries the integer `sample_weight`,
 * ⌊1/rate⌋ or ⌈1/rate⌉ with a mean of 1/rate, multiplied with a weight that is there already.
 *
 * Events with the same `span_id` are kept or left out together. Failures, exceptions and everything else that the bus never
 * samples always pass, without a weight. A rate out of range throws `invalid_option`.
 */
export function sampled<E extends string, M extends object, D extends object, C>(
  rate: number,
  handler: Call<E, M, D, C>,
): Call<E, M, D, C> {
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
    throw new TelemetryError('invalid_option', `sampled: the rate must be a number from 0 to 1, got ${String(rate)}`)
  }
  // Of its own for each layer: with one for all, the second of two layers would keep just what the first had kept.
  const salt = Math.floor(Math.random() * 2 ** 32)

  return (event, measurements, metadata, config) => {
    if (rate === 1 || isNeverSampled(event)) return handler(event, measurements, metadata, config)
    const weight = weightOf(rate, drawFor(metadata, salt))
    if (weight === 0) return
    const earlier = 'sample_weight' in measurements ? measurements.sample_weight : undefined
    const sampleWeight = typeof earlier === 'number' ? earlier * weight : weight
    return handler(event, { ...measurements, sample_weight: sampleWeight }, metadata, config)
  }
}

/** 0: not kept. */
function weightOf(rate: number, [keep, round]: Draw): number {
  if (keep >= rate) return 0
  const exact = 1 / rate
  const floor = Math.floor(exact)
  return round < exact - floor ? floor + 1 : floor
}

function drawFor(metadata: object, salt: number): Draw {
  const spanId = 'span_id' in metadata ? metadata.span_id : undefined
  if (typeof spanId !== 'string') return [Math.random(), Math.random()]
  return [hash(spanId, salt) / 2 ** 32, hash(spanId, ~salt) / 2 ** 32]
}

/** FNV-1a, its bits mixed by the finalizer of MurmurHash3: ids that differ in one digit must not be decided alike. */
function hash(text: string, seed: number): number {
  let state = seed ^ 0x811c9dc5
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193)
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return (state ^ (state >>> 16)) >>> 0
}
