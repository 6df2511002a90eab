/** What is known of the p99 of one operation from the windows so far. */
export interface Baseline {
  /** Exponentially weighted mean of the p99, in nanoseconds. */
  readonly p99: number
  /** Windows that it was learnt from. */
  readonly windows: number
  readonly degraded: boolean
}

/** How an operation is compared with its past. */
export interface BaselineRule {
  /** A p99 above the baseline times this is degraded. Above 1. */
  readonly factor: number
  /** Weight of the latest window, above 0 and at most 1. */
  readonly alpha: number
  /** Windows to learn from before one is judged. */
  readonly warmUp: number
}

/** The measurements of `telemetry.performance.degradation`. */
export interface Degradation {
  readonly value: number
  readonly threshold: number
  readonly degradation_factor: number
}

export interface Judgement {
  readonly baseline: Baseline
  /** There when the operation has become degraded with this window. */
  readonly degradation?: Degradation
}

export const unknownBaseline: Baseline = { p99: 0, windows: 0, degraded: false }

/** A degraded window teaches with this part of alpha. */
const SLOWLY = 0.25

/**
 * Compares the p99 of one window with the baseline, and learns from it.
 *
 * Degraded: above baseline × factor. Back: at most halfway between the baseline and that (× 1.5 when the factor is 2), so that
 * a p99 at the limit is told once.
 *
 * A window that is not degraded teaches with weight alpha, the first ones with equal weights. A degraded one teaches with a quarter of
 * alpha, and as though its p99 were at the limit: however bad it is, the baseline rises by alpha/4 × (factor − 1), that is 5 % with the
 * defaults. A new level that lasts is learnt that way (four times the old one in 24 windows), and an outage of some minutes is not.
 */
export function judge(before: Baseline, p99: number, rule: BaselineRule): Judgement {
  const { factor, alpha, warmUp } = rule
  // A clock that is too coarse: nothing can be compared with it.
  if (before.p99 === 0) return { baseline: { p99, windows: p99 === 0 ? 0 : 1, degraded: false } }
  const threshold = Math.round(before.p99 * factor)
  const limit = before.degraded ? (before.p99 * (1 + factor)) / 2 : threshold
  const degraded = before.windows >= warmUp && p99 > limit
  const windows = before.windows + 1
  const weight = degraded ? alpha * SLOWLY : Math.max(alpha, 1 / windows)
  const taught = degraded ? Math.min(p99, before.p99 * factor) : p99
  const baseline = { p99: before.p99 + weight * (taught - before.p99), windows, degraded }
  if (!degraded || before.degraded) return { baseline }
  return { baseline, degradation: { value: p99, threshold, degradation_factor: p99 / before.p99 } }
}
