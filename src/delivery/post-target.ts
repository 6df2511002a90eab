import { Buffer } from 'node:buffer'
import type { Agent } from 'node:http'
import type { LookupFunction } from 'node:net'
import { TelemetryError } from '../core/errors.ts'
import type { Clock } from '../core/types.ts'
import { checkNumber } from './check-number.ts'
import type { Outcome } from './outcome.ts'
import { isPrivateAddress } from './private-address.ts'

/** How `post` sends. Times are milliseconds. */
export interface PostOptions {
  /** Default `POST`. `PUT` and `DELETE` are for receivers that keep state, such as a Pushgateway. */
  readonly method?: 'POST' | 'PUT' | 'DELETE'
  /** Over the default `content-type: application/json`. What frames the message cannot be set. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sends the body compressed, with `content-encoding: gzip`. */
  readonly gzip?: boolean
  /** For the whole exchange: connect, TLS, headers and all of the answer's body. Default 10,000. */
  readonly timeoutMs?: number
  /** For name, TCP and TLS together, default 3,000. */
  readonly connectTimeoutMs?: number
  /** The rest of a longer answer is cut and the connection closed. Default 65,536. */
  readonly maxAnswerBytes?: number
  /**
   * For addresses that come from others: connects to none that is not of the public Internet (CWE-918). A name that leads
   * to such only is a `permanent` failure, a URL with one `invalid_option`. With a proxy as `agent` the proxy's is judged.
   */
  readonly blockPrivate?: boolean
  /** Resolves names instead of `dns.lookup`, unless `agent` has one of its own. */
  readonly lookup?: LookupFunction
  /** Overrides `classifyStatus`; undefined, a throw and anything that is no outcome leave it to that. Slack's `200 no_service` needs this. */
  classify?(status: number, body: string): Outcome | undefined
  /** Breaks the attempt off, which is a `retry`. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
  /** For an own certificate authority or a proxy. By default connections are kept alive for 4 s and shared by all calls of `post`. */
  readonly agent?: Agent
}

/** A checked address with all that a request needs of it. */
export interface PostTarget {
  readonly secure: boolean
  readonly hostname: string
  readonly port: string
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parts of the address and values of headers that nobody is to read, the longest first. */
  readonly secrets: readonly string[]
}

/** Header fields whose values are no secrets. */
const PUBLIC: ReadonlySet<string> = new Set(['accept', 'content-type', 'user-agent'])

const METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'DELETE'])

/** Header fields that `post` writes itself; two of them that disagree are how requests are smuggled (CWE-444). */
const FRAMING: ReadonlySet<string> = new Set(
  'connection content-encoding content-length expect host keep-alive te trailer transfer-encoding upgrade'.split(' '),
)

/** Throws `invalid_option` for what `post` could never send, without ever quoting the address: for `attach…` functions. */
export function checkPost(url: string | URL, options: PostOptions = {}): PostTarget {
  const { method = 'POST', timeoutMs = 1, connectTimeoutMs = 1, maxAnswerBytes = 0, headers = {} } = options
  const { blockPrivate = false } = options
  if (!METHODS.has(method))
    throw new TelemetryError('invalid_option', "post: option 'method' must be POST, PUT or DELETE")
  checkNumber('post', 'timeoutMs', timeoutMs, 1)
  checkNumber('post', 'connectTimeoutMs', connectTimeoutMs, 1)
  checkNumber('post', 'maxAnswerBytes', maxAnswerBytes, 0)
  // Anything else that was meant as a yes must not be taken for a no.
  if (typeof blockPrivate !== 'boolean')
    throw new TelemetryError('invalid_option', "post: option 'blockPrivate' must be true or false")
  const { protocol, hostname, port, pathname, search, username, password, href } = parseUrl(url)
  // Sockets want an IPv6 address without the brackets of a URL.
  const host = hostname.replace(/^\[|\]$/g, '')
  if (blockPrivate && isPrivateAddress(host))
    throw new TelemetryError('invalid_option', "post: option 'url' has a private address, which 'blockPrivate' forbids")
  const user = decode(username)
  const pass = decode(password)
  const credentials = user + pass === '' ? {} : { authorization: `Basic ${base64(`${user}:${pass}`)}` }
  const secretHeaders = { ...credentials, ...checkHeaders(headers) }
  const parts = [href, pathname + search, pathname, search, username, password, user, pass]
  return {
    secure: protocol === 'https:',
    hostname: host,
    port,
    path: pathname + search,
    headers: { 'content-type': 'application/json', ...secretHeaders },
    secrets: [...parts, ...tokensOf(pathname, search), ...headerSecrets(secretHeaders)]
      .filter((part) => part.length > 3)
      .sort((a, b) => b.length - a.length),
  }
}

function parseUrl(url: string | URL): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed
  // No cause and no value: a webhook's address is its password.
  throw new TelemetryError('invalid_option', "post: option 'url' must be an http or https URL")
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new TelemetryError('invalid_option', "post: the credentials in option 'url' must be percent-encoded UTF-8")
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** What of a path or a query is long enough to be a token: a receiver may repeat it alone, or with other slashes. */
function tokensOf(pathname: string, search: string): string[] {
  return [...pathname.split('/'), ...search.split(/[?&=]/)].filter((part) => part.length >= 8)
}

/** The values, and of `Bearer <token>` the token alone too. */
function headerSecrets(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    PUBLIC.has(name) ? [] : [value, ...value.split(' ').slice(1)],
  )
}

/** The characters are those of RFC 9110, 5.1 and 5.5, without what ends a line (CWE-93, CWE-113). */
function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[!#$%&'*+\-.^_`|~\dA-Za-z]{1,256}$/.test(name)) throw badHeader('has a name that is not a token')
    const key = name.toLowerCase()
    if (FRAMING.has(key)) throw badHeader(`may not set '${key}', which post writes itself`)
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw badHeader(`has a value for '${key}' that is not one line of Latin-1`)
    }
    checked[key] = value
  }
  return checked
}

function badHeader(problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `post: option 'headers' ${problem}`)
}
