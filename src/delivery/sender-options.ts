import { TelemetryError } from '../core/errors.ts'
import type { Deliver } from './attempt.ts'
import { checkNumber } from './check-number.ts'
import type { Source } from './queue.ts'

/** What a sender needs. Times are milliseconds. */
export interface SenderOptions<T> {
  /** A queue or an outbox. */
  readonly queue: Source<T>
  readonly deliver: Deliver<T>
  /** Attempts at a time, default 2. */
  readonly concurrency?: number
  /** Attempts per second, retries included; no limit by default. */
  readonly ratePerSecond?: number
  /** Attempts beyond the rate after a rest, default 1. */
  readonly burst?: number
  /** For one attempt, default 15,000: `deliver` should have a shorter limit of its own. */
  readonly timeoutMs?: number
  /** See `backoff`, default 500. */
  readonly baseMs?: number
  /** See `backoff`, default 60,000. */
  readonly capMs?: number
  /** In a row, until the destination is left alone. Default 5. */
  readonly failures?: number
  /** How long it is left alone, until one trial. Default 10,000. */
  readonly pauseMs?: number
  /** Numbers from 0 up to 1 for the jitter. */
  readonly random?: () => number
}

/** Throws `invalid_option` for options that `createSender` cannot work with. */
export function checkSenderOptions<T>(options: SenderOptions<T>): void {
  const { queue, deliver, concurrency = 1, ratePerSecond = 1, burst = 1, timeoutMs = 1 } = options
  const { baseMs = 0, capMs = 0, failures = 1, pauseMs = 0 } = options
  if (typeof deliver !== 'function') throw invalid('deliver', 'a function that resolves to an outcome')
  if (typeof queue?.watch !== 'function') throw invalid('queue', 'made by createQueue')
  const least = { concurrency: [concurrency, 1], burst: [burst, 1], timeoutMs: [timeoutMs, 1], failures: [failures, 1] }
  const rest = { ratePerSecond: [ratePerSecond, 0.001], baseMs: [baseMs, 0], capMs: [capMs, 0], pauseMs: [pauseMs, 0] }
  for (const [name, [value, min = 0]] of Object.entries({ ...least, ...rest })) checkNumber('sender', name, value, min)
}

function invalid(option: string, wanted: string): TelemetryError {
  return new TelemetryError('invalid_option', `sender: option '${option}' must be ${wanted}`)
}
