/** How often people are told of one alert. Times are nanoseconds. */
export interface SuppressionPolicy {
  readonly minIntervalNs: number
  readonly repeatIntervalNs: number
  readonly occurrenceThreshold: number
  /** Undefined: nothing is flapping. */
  readonly flapping: { readonly changes: number; readonly windowNs: number } | undefined
}

/** What people know of one alert, and what they have not been told. */
export interface Telling {
  /** People believe that it fires. */
  readonly announced: boolean
  /** When they were last told so, on the monotonic clock. */
  readonly announcedAt?: number
  /** Since it fires. */
  readonly occurrences: number
  /** Occurrences that nobody was told of since the last notification, and when those were (wall clock, ms). */
  readonly suppressed: number
  readonly suppressedFirst?: number
  readonly suppressedLast?: number
  readonly acknowledged: boolean
  /** When it began and ended, the latest last; as many as flapping needs. */
  readonly changes: readonly number[]
  readonly flapping: boolean
  /** It is over, people believe that it fires, and it was not the time to tell them. */
  readonly owesResolve: boolean
}

/** Why nobody is to be told of some alerts for now. */
export type Muting = 'silenced' | 'maintenance' | 'inhibited'

/** `began`: the first occurrence. `occurred`: another one. `ended`. `idle`: nothing of that. */
export interface Happening {
  readonly what: 'began' | 'occurred' | 'ended' | 'idle'
  readonly mutedBy?: Muting | undefined
  /** Monotonic, ns. */
  readonly now: number
  /** Wall clock, ms. */
  readonly time: number
}

/** Why people are told. */
export type TellReason = 'first' | 'again' | 'repeat' | 'flapping' | 'resolved'

/** Why they are not. */
export type SuppressReason =
  | Muting
  | 'acknowledged'
  | 'occurrence_threshold'
  | 'min_interval'
  | 'repeat_interval'
  | 'flapping'
  | 'not_announced'

export type Decision =
  | { readonly action: 'fire' | 'resolve'; readonly reason: TellReason }
  | { readonly action: 'suppress'; readonly reason: SuppressReason }
  | { readonly action: 'nothing' }

/** What people know of an alert that has never been. */
export const untold: Telling = Object.freeze({
  announced: false,
  occurrences: 0,
  suppressed: 0,
  acknowledged: false,
  changes: Object.freeze([]),
  flapping: false,
  owesResolve: false,
})

/**
 * Whether people are to be told of what has happened to an alert, and why or why not. An occurrence that they are not told of is
 * counted; `fire` and `resolve` reset the count, so it is to be taken from `telling` as it was before.
 */
export function suppress(
  policy: SuppressionPolicy,
  telling: Telling,
  happening: Happening,
): { readonly telling: Telling; readonly decision: Decision } {
  const current = withChange(policy, telling, happening)
  if (happening.what === 'ended') return onEnd(current, happening)
  if (happening.what === 'idle') return onIdle(current, happening)
  return onOccurrence(policy, current, happening)
}

function onOccurrence(
  policy: SuppressionPolicy,
  before: Telling,
  { what, mutedBy, now, time }: Happening,
): ReturnType<typeof suppress> {
  const fresh = what === 'began' ? { occurrences: 0, acknowledged: false } : {}
  const counted = { ...before, ...fresh, owesResolve: false }
  const telling = { ...counted, occurrences: counted.occurrences + 1 }
  const reason = mutedBy ?? whyNot(policy, telling, now)
  if (reason !== undefined) {
    const { suppressed, suppressedFirst = time } = telling
    const held = { ...telling, suppressed: suppressed + 1, suppressedFirst, suppressedLast: time }
    return { telling: held, decision: { action: 'suppress', reason } }
  }
  return {
    telling: { ...toldAll(telling), announced: true, announcedAt: now },
    decision: { action: 'fire', reason: whyNow(telling) },
  }
}

function whyNot(policy: SuppressionPolicy, telling: Telling, now: number): SuppressReason | undefined {
  const { announced, announcedAt, acknowledged, occurrences, flapping } = telling
  if (acknowledged) return 'acknowledged'
  if (!announced && occurrences < policy.occurrenceThreshold) return 'occurrence_threshold'
  if (announcedAt === undefined) return undefined
  if (now - announcedAt < policy.minIntervalNs) return flapping ? 'flapping' : 'min_interval'
  return announced && now - announcedAt < policy.repeatIntervalNs ? 'repeat_interval' : undefined
}

function whyNow({ announced, announcedAt, flapping }: Telling): TellReason {
  if (flapping) return 'flapping'
  if (announced) return 'repeat'
  return announcedAt === undefined ? 'first' : 'again'
}

function onEnd(telling: Telling, { mutedBy }: Happening): ReturnType<typeof suppress> {
  if (!telling.announced) return { telling, decision: { action: 'suppress', reason: 'not_announced' } }
  const reason = mutedBy ?? (telling.flapping ? 'flapping' : undefined)
  if (reason !== undefined)
    return { telling: { ...telling, owesResolve: true }, decision: { action: 'suppress', reason } }
  return resolved(telling)
}

/** What was owed is told as soon as nothing is in the way. */
function onIdle(telling: Telling, { mutedBy }: Happening): ReturnType<typeof suppress> {
  if (!telling.owesResolve || mutedBy !== undefined || telling.flapping) {
    return { telling, decision: { action: 'nothing' } }
  }
  return resolved(telling)
}

function resolved(telling: Telling): ReturnType<typeof suppress> {
  return {
    telling: { ...toldAll(telling), announced: false, owesResolve: false },
    decision: { action: 'resolve', reason: 'resolved' },
  }
}

function toldAll({ suppressedFirst: _first, suppressedLast: _last, ...telling }: Telling): Telling {
  return { ...telling, suppressed: 0 }
}

/** Enters a start or an end. Flapping begins with enough of them in the window and ends when half of it has been quiet. */
function withChange({ flapping }: SuppressionPolicy, telling: Telling, { what, now }: Happening): Telling {
  if (flapping === undefined) return telling
  const isChange = what === 'began' || what === 'ended'
  const changes = isChange ? [...telling.changes, now].slice(-flapping.changes) : telling.changes
  const [oldest = now, latest = Number.NEGATIVE_INFINITY] = [changes[0], changes.at(-1)]
  const isFlapping = telling.flapping
    ? now - latest < flapping.windowNs / 2
    : isChange && changes.length >= flapping.changes && now - oldest <= flapping.windowNs
  return { ...telling, changes, flapping: isFlapping }
}
