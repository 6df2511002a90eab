import type { Agent } from 'node:http'
import { TelemetryError } from 'sonde'
import { checkPost } from 'sonde/delivery'
import { type Alert, checkNotifierOptions, type NotifierOptions } from 'sonde/notify'
import { isLegalName, type Labels } from './labels.ts'

/**
 * Where the alerts go, and what stands on them. Times are milliseconds; `timeoutMs` is for one request.
 *
 * All alerts are sent, and their ends: what people are told of, Alertmanager decides by its routes and `send_resolved`. With a `directory`
 * each Alertmanager has an outbox in a directory of its own below it, named by its address, so the order of `urls` may change.
 */
export interface AlertmanagerOptions extends Omit<NotifierOptions, 'maxAlerts' | 'sendResolved'> {
  /** Of each Alertmanager, with the prefix it is served under if it has one, without `/api/v2`. Each gets everything: they tell each other what people were told of. */
  readonly urls: string | readonly string[]
  /** More labels of each alert, such as `cluster`. A label that an alert has itself stays. */
  readonly labels?: Labels
  /** More annotations of each alert, such as `runbook_url`; they stand over ours: `summary value threshold occurrences suppressed reason`. */
  readonly annotations?: Labels
  /** Where `Source` leads to in Alertmanager; http or https. */
  readonly generatorUrl?: string
  /** Between two re-sends of what fires, default 60,000. Without them an alert ends after four such intervals. */
  readonly resendMs?: number
  /** Sent as `authorization: Bearer …`. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** For an own certificate authority or a proxy. */
  readonly agent?: Agent
  /**
   * What fires now: the attachment of the alerts handler. Its state survives a restart, and re-sends begin at once after one. Without it
   * what fires is what this process was told of and not told the end of. One with `announced: false` is not sent: nobody is to know of it yet.
   */
  readonly alerts?: { active(): readonly (Alert & { readonly announced?: boolean })[] }
}

/** The options, checked. */
export interface Settings {
  /** Of `/api/v2/alerts`. */
  readonly endpoints: readonly URL[]
  readonly headers: Readonly<Record<string, string>>
  readonly resendMs: number
  readonly timeoutMs: number
}

/** From a second to a day. */
const SHORTEST_MS = 1_000
const LONGEST_MS = 86_400_000

/** Throws `invalid_option` for what is wrong, without ever quoting an address, a header or the token. */
export function checkOptions(options: AlertmanagerOptions): Settings {
  if (typeof options !== 'object' || options === null) fail("'urls' is missing")
  const { urls, labels = {}, annotations = {}, generatorUrl, token, headers = {}, alerts } = options
  const { resendMs = 60_000, timeoutMs = 10_000 } = options
  checkNotifierOptions('alertmanager', { ...options, timeoutMs })
  checkNames('labels', labels)
  checkNames('annotations', annotations)
  if (!(resendMs >= SHORTEST_MS && resendMs <= LONGEST_MS)) fail("'resendMs' must be milliseconds from 1,000 to a day")
  if (generatorUrl !== undefined && !isWebAddress(generatorUrl)) fail("'generatorUrl' must be an http or https URL")
  if (token !== undefined && (typeof token !== 'string' || token === '')) fail("'token' must not be empty")
  if (alerts !== undefined && typeof alerts?.active !== 'function') fail("'alerts' must have a function 'active'")
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const all = { ...headers, ...authorization, 'content-type': 'application/json' }
  return { endpoints: endpointsOf(urls, all), headers: all, resendMs, timeoutMs }
}

function endpointsOf(urls: unknown, headers: Readonly<Record<string, string>>): readonly URL[] {
  const list: readonly unknown[] = Array.isArray(urls) ? urls : [urls]
  const endpoints = list.map((url) => {
    if (typeof url !== 'string') return fail("'urls' must be a URL or a list of them")
    checkPost(url, { headers })
    const endpoint = new URL(url)
    endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/api/v2/alerts`
    return endpoint
  })
  if (endpoints.length === 0) fail("'urls' must not be empty")
  if (new Set(endpoints.map(addressOf)).size < endpoints.length) fail("'urls' must not have one twice")
  return endpoints
}

/** What tells an Alertmanager from another: not its credentials, which change. */
export function addressOf({ origin, pathname }: URL): string {
  return origin + pathname
}

function isWebAddress(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && /^https?:\/\//i.test(url)
}

function checkNames(option: string, values: unknown): void {
  if (typeof values !== 'object' || values === null) fail(`'${option}' must be an object of strings`)
  for (const [name, value] of Object.entries(values)) {
    if (!isLegalName(name)) fail(`'${option}' must have names like [a-zA-Z_][a-zA-Z0-9_]*`)
    if (typeof value !== 'string') fail(`'${option}' must have strings, got ${typeof value} for ${name}`)
  }
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `alertmanager: option ${problem}`)
}
