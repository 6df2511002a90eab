import { TelemetryError } from 'sonde'
import { compileMatchers, type Matchers, type Matches } from 'sonde/notify'

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
type Day = (typeof DAYS)[number]
const NAMES: readonly string[] = DAYS

/** A time in which people are not told: `{ from: '22:00', to: '06:00', days: ['sat', 'sun'], timeZone: 'Europe/Berlin' }`. */
export interface MaintenanceWindow {
  /** Hours and minutes of every day, or of `days`; or a date and time (ISO 8601, or milliseconds since the epoch). */
  readonly from: string | number
  /** Not included. Earlier than `from`: on the next day. */
  readonly to: string | number
  /** On which the window begins. Default: all. */
  readonly days?: readonly Day[]
  /** IANA name, for hours and minutes. Default UTC. */
  readonly timeZone?: string
  /** Which alerts. Default: all. */
  readonly match?: Matchers
}

/** A window that has been checked. */
export interface CompiledWindow {
  readonly matches: Matches
  /** `time`: milliseconds since the epoch. */
  isOpen(time: number): boolean
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)$/

/** Checks a maintenance window. Throws `invalid_option`. */
export function compileMaintenance(window: MaintenanceWindow): CompiledWindow {
  const { from, to, days = DAYS, timeZone = 'UTC', match = {} } = window
  const matches = compileMatchers("alerts: 'maintenance'", match)
  const [begin, end] = [minuteOf(from), minuteOf(to)]
  if (begin === undefined || end === undefined) return { matches, isOpen: between(from, to) }
  if (!Array.isArray(days) || !days.every((day) => DAYS.includes(day)))
    throw invalid(`'days' must be of ${DAYS.join(', ')}`)
  if (begin === end) throw invalid("'from' and 'to' must differ")
  const local = localTime(timeZone)
  return {
    matches,
    isOpen(time) {
      const { day, minute } = local(time)
      const isOn = (index: number) => days.includes(DAYS[index % 7] ?? 'sun')
      if (begin < end) return isOn(day) && minute >= begin && minute < end
      return (isOn(day) && minute >= begin) || (isOn(day + 6) && minute < end)
    },
  }
}

function minuteOf(written: unknown): number | undefined {
  const [, hours, minutes] = (typeof written === 'string' && CLOCK.exec(written)) || []
  return hours === undefined ? undefined : Number(hours) * 60 + Number(minutes)
}

function between(from: string | number, to: string | number): (time: number) => boolean {
  const [begin, end] = [new Date(from).getTime(), new Date(to).getTime()]
  if (!(begin < end)) throw invalid("'from' and 'to' must both be like '22:00', or two dates, the earlier first")
  return (time) => time >= begin && time < end
}

function localTime(timeZone: string): (time: number) => { readonly day: number; readonly minute: number } {
  const format = (() => {
    try {
      return new Intl.DateTimeFormat('en-US', {
        timeZone,
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      })
    } catch (cause) {
      throw new TelemetryError('invalid_option', "alerts: 'maintenance': 'timeZone' must be an IANA name", { cause })
    }
  })()
  return (time) => {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]))
    const day = NAMES.indexOf(parts.weekday?.toLowerCase() ?? '')
    return { day, minute: Number(parts.hour) * 60 + Number(parts.minute) }
  }
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `alerts: 'maintenance': ${problem}`)
}
