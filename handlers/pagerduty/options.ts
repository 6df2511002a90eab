import { hostname } from 'node:os'
import { TelemetryError } from 'sonde'
import { checkPost, type PostOptions } from 'sonde/delivery'
import type { NotifierOptions } from 'sonde/notify'
import type { Origin } from './event.ts'

/** Where to, and what with. */
export interface PagerDutyOptions extends Omit<NotifierOptions, 'maxAlerts'>, Pick<PostOptions, 'agent'> {
  /** The integration key of a service, 32 letters and digits. No event, error or file has it. */
  readonly routingKey: string
  /** Default `https://events.pagerduty.com/v2/enqueue`; in Europe `https://events.eu.pagerduty.com/v2/enqueue`. */
  readonly url?: string | URL
  /** What is affected, such as the name of a host. Default: the name of this one. */
  readonly source?: string
  /** The part of it. */
  readonly component?: string
  /** What it belongs to, such as the name of a service. */
  readonly group?: string
}

/** Checked options. */
export interface PagerDutyTarget {
  readonly url: string | URL
  readonly routingKey: string
  readonly origin: Origin
  readonly post: PostOptions
}

/** Throws `invalid_option`, without ever quoting the key or the address. */
export function checkPagerDutyOptions(options: PagerDutyOptions): PagerDutyTarget {
  const { routingKey, url = 'https://events.pagerduty.com/v2/enqueue', timeoutMs = 10_000, agent } = options
  const { source = hostname() || 'unknown', component, group } = options
  if (typeof routingKey !== 'string' || !/^[A-Za-z\d]{32}$/.test(routingKey))
    throw invalid("'routingKey' must be the 32 letters and digits of an integration key")
  for (const [name, value] of Object.entries({ source, component, group }))
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw invalid(`'${name}' must be a string that is not empty`)
  const post = { timeoutMs, ...(agent !== undefined && { agent }) }
  checkPost(url, post)
  const origin = { source, ...(component !== undefined && { component }), ...(group !== undefined && { group }) }
  return { url, routingKey, origin, post }
}

function invalid(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `pagerduty: option ${problem}`)
}
