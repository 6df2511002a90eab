/** Which alerts are told of together, and when. Times are nanoseconds of the monotonic clock. */
export interface GroupPolicy {
  /** Labels that all alerts of a group share. */
  readonly by: readonly string[]
  /** How long the first alert of a group waits for others. */
  readonly waitNs: number
  /** Between two notifications of a group. */
  readonly intervalNs: number
}

/** One alert that is to be told of, as the event that does it. */
export interface Telegram {
  readonly event: 'telemetry.alert.firing' | 'telemetry.alert.resolved'
  readonly measurements: { readonly [key: string]: number }
  readonly metadata: { readonly [key: string]: unknown } & { readonly alert_id: string }
}

/** One group. */
export interface Group {
  readonly key: string
  /** What waits, by the id of the alert. */
  readonly waiting: Map<string, Telegram>
  /** When the first of them began to wait. */
  openedAt: number
  /** When people were last told of the group. */
  toldAt?: number
}

/** The name of the group that labels belong to, in the way of Alertmanager: `{rule="slow",route="/a"}`. */
export function groupKey(by: readonly string[], labels: { readonly [label: string]: string }): string {
  return `{${by.map((label) => `${label}=${JSON.stringify(labels[label] ?? '')}`).join(',')}}`
}

/** When people are to be told of what waits in a group; undefined when nothing does. */
export function dueAt({ waitNs, intervalNs }: GroupPolicy, { waiting, openedAt, toldAt }: Group): number | undefined {
  if (waiting.size === 0) return undefined
  return toldAt === undefined ? openedAt + waitNs : Math.max(openedAt, toldAt + intervalNs)
}

/**
 * Puts an alert into its group. What waits of the same alert gives way to it, for it is not true any more; a firing one that nobody has been told
 * of and that is over by now is told of as resolved, so that no incident passes in silence.
 */
export function addTelegram(group: Group, telegram: Telegram, now: number): void {
  const { alert_id } = telegram.metadata
  const earlier = group.waiting.get(alert_id)
  if (group.waiting.size === 0) group.openedAt = now
  // Anew, so that it is told of in the order of what happened last.
  group.waiting.delete(alert_id)
  group.waiting.set(alert_id, earlier === undefined ? telegram : folded(earlier, telegram))
}

/** The occurrences of the one that gives way are counted by the one that takes its place. */
function folded(earlier: Telegram, later: Telegram): Telegram {
  const untold = (earlier.measurements.suppressed ?? 0) + (earlier.event === 'telemetry.alert.firing' ? 1 : 0)
  const suppressed = (later.measurements.suppressed ?? 0) + untold
  const { suppressed_first = earlier.metadata.started_at } = earlier.metadata
  const times =
    untold > 0 ? { suppressed_first, suppressed_last: later.metadata.suppressed_last ?? suppressed_first } : {}
  return {
    event: later.event,
    measurements: { ...later.measurements, suppressed },
    metadata: { ...later.metadata, ...times },
  }
}
