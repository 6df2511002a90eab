import { type Bus, TelemetryError } from 'sonde'
import {
  type Alert,
  compileMatchers,
  labelsOf,
  type Matchers,
  readAlert,
  type Severity,
  severities,
} from 'sonde/notify'
import { formatAlert } from './format-alert.ts'

/** Which alerts are printed, and where. */
export interface AlertConsoleOptions {
  /** The least severity that is printed, default `low`: all. */
  readonly minSeverity?: Severity
  /** Only alerts that match, such as `{ route: '/orders*' }`. Default: all. */
  readonly match?: Matchers
  /** Where a line goes, its end included. Default: standard error for what fires at `critical` or `high`, else standard output. */
  readonly write?: (line: string, severity: Severity) => void
  /** Colours for a terminal. Default: false when `write` is given, else whether the stream that the line goes to is a terminal. */
  readonly color?: boolean
  /** Handler id, when there are several on one bus. Default `alert-console`. */
  readonly id?: string
}

/** The attachment of `attachAlertConsole`. */
export interface AlertConsoleAttachment {
  /** Prints nothing more. Safe to repeat. */
  detach(): void
  /** Resolves at once: a line is written when its event comes. */
  flush(): Promise<void>
}

/**
 * Prints one line per alert that people are told of, and one for its end. For a terminal and for what collects logs; nothing is repeated.
 *
 * Values are bounded, redacted and free of control characters. A sink that throws loses its line and nothing else.
 * Wrong options throw `invalid_option`.
 */
export function attachAlertConsole(bus: Bus, options: AlertConsoleOptions = {}): AlertConsoleAttachment {
  const { minSeverity = 'low', match, write, color, id = 'alert-console' } = options
  const least = severities.indexOf(minSeverity)
  if (least < 0) fail(`'minSeverity' must be one of ${severities.join(', ')}`)
  if (write !== undefined && typeof write !== 'function') fail("'write' must be a function")
  if (color !== undefined && typeof color !== 'boolean') fail("'color' must be true or false")
  const matches = match && compileMatchers("alert console: option 'match'", match)

  function print(event: string, measurements: object, metadata: object): void {
    const alert = readAlert(event, measurements, metadata)
    if (severities.indexOf(alert.severity) > least || matches?.(labelsOf(alert)) === false) return
    const stream = write === undefined ? streamFor(alert) : undefined
    const isPainted = color ?? stream?.isTTY === true
    const line = `${formatAlert(alert, bus.clock.wallTime(), isPainted)}\n`
    try {
      stream?.write(line)
      write?.(line, alert.severity)
    } catch {
      // A closed pipe must not put the handler into quarantine: the next line may find it open.
    }
  }

  const detach = bus.attachMany(id, ['telemetry.alert.firing', 'telemetry.alert.resolved'], print)
  return { detach: () => void detach(), flush: async () => {} }
}

/** What somebody has to look at is an error; the rest is news. */
function streamFor({ status, severity }: Alert): NodeJS.WriteStream {
  const isUrgent = status === 'firing' && (severity === 'critical' || severity === 'high')
  return isUrgent ? process.stderr : process.stdout
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `alert console: ${problem}`)
}
