import { type Bus, sanitized, TelemetryError } from 'sonde'
import { catalog } from 'sonde/catalog'
import { formatLine } from './format.ts'

export { type AlertConsoleAttachment, type AlertConsoleOptions, attachAlertConsole } from './alerts.ts'

/** What is printed, and where. */
export interface ConsoleOptions {
  /** Names and patterns of what is printed. Default: everything. */
  readonly patterns?: readonly string[]
  /** Where a line goes, its end included. Default: standard output. */
  readonly write?: (line: string) => void
  /** Colours for a terminal. Default: false when `write` is given, else whether standard output is a terminal. */
  readonly color?: boolean
  /** Handler id, when there are several on one bus. Default `console`. */
  readonly id?: string
}

/** The attachment of `attachConsole`. */
export interface ConsoleAttachment {
  /** Prints nothing more. Safe to repeat. */
  detach(): void
  /** Resolves at once: a line is written when its event comes. */
  flush(): Promise<void>
}

/**
 * Prints one line per event, for people. The handler to copy when you write your own.
 *
 * Values are bounded, redacted and free of control characters. A sink that throws loses its line and nothing else.
 * Wrong options throw `invalid_option` or `invalid_pattern`.
 */
export function attachConsole(bus: Bus, options: ConsoleOptions = {}): ConsoleAttachment {
  const { patterns = ['**'], write = (line) => void process.stdout.write(line), id = 'console' } = options
  const { color = options.write === undefined && process.stdout.isTTY === true } = options
  if (typeof write !== 'function') throw new TelemetryError('invalid_option', "console: 'write' must be a function")
  if (typeof color !== 'boolean') throw new TelemetryError('invalid_option', "console: 'color' must be true or false")

  const print = sanitized({}, (event: string, measurements, metadata) => {
    const unitOf = (key: string) => unitIn(event, key)
    const line = formatLine({ time: bus.clock.wallTime(), event, measurements, metadata }, { color, unitOf })
    try {
      write(`${line}\n`)
    } catch {
      // A closed pipe must not put the handler into quarantine: the next line may find it open.
    }
  })
  const detach = bus.attachMany(id, patterns, print)
  return { detach: () => void detach(), flush: async () => {} }
}

/** What the catalog says; events of users keep to the rule that `duration` and `queue_time` are nanoseconds. */
function unitIn(event: string, key: string): string | undefined {
  const known = catalog.lookup(event)?.measurements.find((measurement) => measurement.key === key)
  return known?.unit ?? (key === 'duration' || key === 'queue_time' ? 'nanosecond' : undefined)
}
