import { TelemetryError } from 'sonde'
import { checkPost } from 'sonde/delivery'
import { contentTypes } from '../format.ts'
import { checkOptions, type PrometheusOptions } from '../options.ts'
import { groupPath } from './group-path.ts'

/** What to push, where, and under which group. Times are milliseconds. */
export interface PushgatewayOptions extends Pick<PrometheusOptions, 'store' | 'registries'> {
  /** Of the Pushgateway, with the prefix it is served under if it has one, without `/metrics/job/…`. */
  readonly url: string | URL
  /** The job that the metrics are kept under; not empty. */
  readonly job: string
  /**
   * More labels of the group, such as `instance`. Any value will do. The Pushgateway puts them on every series, over a label
   * of that name that a series has itself: tags that tell series apart must have other names.
   */
  readonly grouping?: Readonly<Record<string, string>>
  /** Time between two pushes, default 15,000. Infinity: only at `flush()`, for a batch job. */
  readonly intervalMs?: number
  /** `PUT` (default) replaces the whole group, `POST` only the metrics that have the names of those pushed. */
  readonly method?: 'PUT' | 'POST'
  /** Deletes the group when the bus is closed. By default the last state stays, for ever. */
  readonly deleteOnClose?: boolean
  /** Sent as `authorization: Bearer …`. */
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
  /** For one exchange, default 10,000. */
  readonly timeoutMs?: number
  /** Handler id, when there are several on one bus. Default `pushgateway`. */
  readonly id?: string
}

/** Where the group is, and what every request to it carries. */
export interface GroupTarget {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** Node fires timers at once that are longer. */
const LONGEST_INTERVAL_MS = 2 ** 31 - 1

/** Checks the options and works out the target. Throws `invalid_option`, without ever quoting the address or the token. */
export function groupTarget(options: PushgatewayOptions): GroupTarget {
  const { store, registries = [], url, job, grouping = {}, token, headers = {} } = options
  const { intervalMs = 15_000, timeoutMs = 10_000, method = 'PUT', deleteOnClose = false } = options
  checkOptions({ store, registries })
  if (typeof job !== 'string' || job === '') fail("'job' must be a string that is not empty")
  checkGrouping(grouping)
  const inRange = intervalMs === Number.POSITIVE_INFINITY || (intervalMs >= 1 && intervalMs <= LONGEST_INTERVAL_MS)
  if (!inRange) fail("'intervalMs' must be milliseconds from 1, or Infinity")
  if (method !== 'PUT' && method !== 'POST') fail("'method' must be PUT or POST")
  if (typeof deleteOnClose !== 'boolean') fail("'deleteOnClose' must be true or false")
  if (token !== undefined && (typeof token !== 'string' || token === '')) fail("'token' must not be empty")
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const all = { ...headers, ...authorization, 'content-type': contentTypes.text }
  checkPost(url, { method, headers: all, timeoutMs })
  const group = new URL(url)
  group.pathname = group.pathname.replace(/\/+$/, '') + groupPath(job, grouping)
  return { url: group, headers: all, timeoutMs }
}

function checkGrouping(grouping: unknown): void {
  if (typeof grouping !== 'object' || grouping === null) fail("'grouping' must be an object of labels")
  for (const [label, value] of Object.entries(grouping)) {
    if (label === 'job' || !/^(?!__)[a-zA-Z_]\w*$/.test(label))
      fail("'grouping' must have label names ([a-zA-Z_][a-zA-Z0-9_]*, not __ in front), and not job")
    if (typeof value !== 'string') fail(`'grouping' must have strings, got ${typeof value} for ${label}`)
  }
}

function fail(problem: string): never {
  throw new TelemetryError('invalid_option', `pushgateway: option ${problem}`)
}
