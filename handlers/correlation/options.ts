import { TelemetryError } from 'sonde'

/** Whom to believe, and whom to tell. */
export interface CorrelationOptions {
  /**
   * Hosts that requests take ids and baggage to, when `instrumentHttp` sees them being made: `orders.internal`,
   * `127.0.0.1:8080`, `*.internal`, or `*` for all. Without a port any port. Default: none.
   */
  readonly sendTo?: readonly string[]
  /**
   * Whether traces and baggage of callers are continued. False at the edge, where anybody may call: each request then begins a trace
   * of its own. Correlation ids are taken either way. Default true.
   */
  readonly trust?: boolean
  /** Requests a second whose `sampled` flag is believed; of those above it is cleared. Default 1,000. */
  readonly maxSampledPerSecond?: number
  /** Whether answers carry `x-correlation-id`. Default true. */
  readonly echo?: boolean
}

const OPTIONS = ['sendTo', 'trust', 'maxSampledPerSecond', 'echo']

/** Throws `invalid_option` for what cannot be meant. */
export function checkOptions(options: CorrelationOptions): void {
  if (typeof options !== 'object' || options === null) throw invalid(`options must be an object, got ${typeof options}`)
  const unknown = Object.keys(options).find((key) => !OPTIONS.includes(key))
  if (unknown !== undefined) throw invalid(`there is no option '${unknown}': there are ${OPTIONS.join(', ')}`)
  const { sendTo, trust, maxSampledPerSecond: max, echo } = options
  for (const [key, value] of Object.entries({ trust, echo })) {
    if (value !== undefined && typeof value !== 'boolean') throw invalid(`option '${key}' must be true or false`)
  }
  if (max !== undefined && !(typeof max === 'number' && max >= 0)) {
    throw invalid("option 'maxSampledPerSecond' must be a number from 0 on, or Infinity")
  }
  if (sendTo !== undefined && !Array.isArray(sendTo)) throw invalid("option 'sendTo' must be an array of hosts")
}

export function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `correlation: ${problem}`)
}
