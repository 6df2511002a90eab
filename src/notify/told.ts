import { toSafe } from '../layers/to-safe.ts'
import { severities, toSeverity } from './alert.ts'

/** What the bus has told of one alert, with all that has to be known before it is read as a whole. */
export interface Told {
  readonly event: string
  readonly measurements: object
  readonly metadata: object
  readonly notificationId: string | undefined
  readonly group: string | undefined
  readonly alertId: string | undefined
  readonly isResolved: boolean
  /** Told before, and still so. */
  readonly isRepeat: boolean
  readonly suppressed: number
  /** 0 is the worst; what is over comes behind all that fires. */
  readonly rank: number
}

interface Words {
  readonly [key: string]: unknown
}

/** Longer ones are no ids of ours. */
const MAX_ID = 256

/** Reads what an event says at first sight. Never throws: of payloads whose own code does, a plain copy is read. */
export function toTold(event: string, measurements: object, metadata: object): Told {
  try {
    return read(event, { ...measurements }, { ...metadata })
  } catch {
    // Getters that throw, revoked proxies.
    return read(event, toPlain(measurements), toPlain(metadata))
  }
}

function read(event: string, measurements: Words, metadata: Words): Told {
  const isResolved = event.endsWith('.resolved')
  const { suppressed } = measurements
  return {
    event,
    measurements,
    metadata,
    notificationId: textOf(metadata.notification_id),
    group: textOf(metadata.group),
    alertId: textOf(metadata.alert_id),
    isResolved,
    isRepeat: !isResolved && metadata.reason === 'repeat',
    suppressed: typeof suppressed === 'number' && Number.isFinite(suppressed) ? Math.max(0, suppressed) : 0,
    rank: severities.indexOf(toSeverity(metadata.severity)) + (isResolved ? severities.length : 0),
  }
}

function toPlain(value: object): Words {
  const safe = toSafe(value)
  return typeof safe === 'object' && safe !== null ? { ...safe } : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID ? value : undefined
}
