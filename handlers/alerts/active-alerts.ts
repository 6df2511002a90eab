import type { Alert } from 'sonde/notify'
import { type Entry, toAlert } from './entry.ts'
import type { Muting } from './suppress.ts'

/** An alert that fires. */
export interface ActiveAlert extends Alert {
  /** People have been told of it. */
  readonly announced: boolean
  readonly acknowledged: boolean
  readonly acknowledgedBy?: string
  /** Why people are not told of it for now. */
  readonly mutedBy?: Muting
}

/** Those that fire, as whoever looks sees them. */
export function activeAlerts(entries: Iterable<Entry>, mutedBy: (entry: Entry) => Muting | undefined): ActiveAlert[] {
  return [...entries]
    .filter(({ condition }) => condition.phase === 'firing')
    .map((entry) => show(entry, mutedBy(entry)))
}

function show(entry: Entry, mutedBy: Muting | undefined): ActiveAlert {
  const { telling, acknowledgedBy } = entry
  return {
    ...toAlert(entry, telling, 'firing'),
    announced: telling.announced,
    acknowledged: telling.acknowledged,
    ...(acknowledgedBy !== undefined && { acknowledgedBy }),
    ...(mutedBy !== undefined && { mutedBy }),
  }
}
