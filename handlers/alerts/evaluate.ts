/** When a rule holds. Times are nanoseconds of the monotonic clock. */
export interface Limits {
  /** `above`: it fires beyond `limit`; `below`: short of it. */
  readonly direction: 'above' | 'below'
  readonly limit: number
  /** It is resolved at this or on the good side of it. */
  readonly resolveAt: number
  readonly forNs: number
  readonly keepFiringNs: number
  /** Below so many values nothing is decided. */
  readonly minCount: number
}

/** What was measured. Undefined: there is nothing to decide on. `count`: of how many values. */
export interface Reading {
  readonly value: number | undefined
  readonly count: number
}

/** inactive → pending → firing → inactive. */
export interface Condition {
  readonly phase: 'inactive' | 'pending' | 'firing'
  /** Since when it is in this phase. */
  readonly since: number
  /** Since when a firing one is good, while it has to be so for some time. */
  readonly goodSince?: number
}

/** Why a condition is what it is now. */
export type Verdict =
  /** No data, or NaN: nothing changes. */
  | 'no_data'
  /** Fewer values than `minCount`: nothing changes. */
  | 'too_few'
  /** Inactive, and good. */
  | 'good'
  /** Beyond the limit, not yet for long enough. */
  | 'pending'
  /** It was pending and is good. */
  | 'cleared'
  /** It begins to fire. */
  | 'fired'
  /** It goes on. */
  | 'firing'
  /** Not beyond the limit any more, but not at `resolveAt` either. */
  | 'holding'
  /** Good, not yet for long enough. */
  | 'keeping'
  /** It is over. */
  | 'resolved'

/** How every alert begins. */
export const inactive: Condition = Object.freeze({ phase: 'inactive', since: 0 })

/** The next condition of an alert, and why. An occurrence is a verdict of `fired` or `firing`. */
export function evaluate(
  limits: Limits,
  { value, count }: Reading,
  condition: Condition,
  now: number,
): { readonly condition: Condition; readonly verdict: Verdict } {
  if (value === undefined || Number.isNaN(value)) return { condition, verdict: 'no_data' }
  if (count < limits.minCount) return { condition, verdict: 'too_few' }
  return isBeyond(limits, value) ? beyond(limits, condition, now) : good(limits, value, condition, now)
}

/** Whether a value is on the wrong side of the limit. */
export function isBeyond({ direction, limit }: Limits, value: number): boolean {
  return direction === 'above' ? value > limit : value < limit
}

function beyond({ forNs }: Limits, { phase, since }: Condition, now: number): ReturnType<typeof evaluate> {
  if (phase === 'firing') return { condition: { phase, since }, verdict: 'firing' }
  const from = phase === 'pending' ? since : now
  if (now - from < forNs) return { condition: { phase: 'pending', since: from }, verdict: 'pending' }
  return { condition: { phase: 'firing', since: now }, verdict: 'fired' }
}

function good(limits: Limits, value: number, condition: Condition, now: number): ReturnType<typeof evaluate> {
  const { phase, since, goodSince = now } = condition
  if (phase === 'inactive') return { condition, verdict: 'good' }
  if (phase === 'pending') return { condition: { phase: 'inactive', since: now }, verdict: 'cleared' }
  const isBack = limits.direction === 'above' ? value <= limits.resolveAt : value >= limits.resolveAt
  if (!isBack) return { condition: { phase, since }, verdict: 'holding' }
  if (now - goodSince < limits.keepFiringNs) return { condition: { phase, since, goodSince }, verdict: 'keeping' }
  return { condition: { phase: 'inactive', since: now }, verdict: 'resolved' }
}
