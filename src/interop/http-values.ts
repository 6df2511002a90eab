/** RFC 9110, RFC 5789 and QUERY: what OpenTelemetry's conventions count as known. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY'])

/** The characters of a URL that the hash of a path looks at. */
const HASHED_CHARACTERS = 1_024

/** An identifier, as error codes and names of classes are; anything else may hold data. */
const IDENTIFIER = /^[A-Za-z_$][\w$]{0,63}$/

/** What a host name, an address in brackets and a port are made of. */
const HOST = /^[\w.:[\]%-]{1,255}$/

/** The method when it is a known one, else `_OTHER`: clients may send any token. */
export function knownMethod(method: unknown): string {
  return typeof method === 'string' && METHODS.has(method) ? method : '_OTHER'
}

/** The path of a request target, without query and fragment; also of one in absolute form (RFC 9112 §3.2). */
export function pathOf(target: unknown): string {
  if (typeof target !== 'string') return ''
  const end = target.search(/[?#]/)
  const address = end === -1 ? target : target.slice(0, end)
  if (address.startsWith('/')) return address
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*/.exec(address)
  return authority === null ? address : address.slice(authority[0].length) || '/'
}

/** One of 256 buckets, `00` to `ff`: FNV-1a of the first 1,024 characters. Keeps paths apart within a bounded number of values. */
export function pathHash(path: string): string {
  let hash = 0x811c9dc5
  const length = Math.min(path.length, HASHED_CHARACTERS)
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193)
  hash ^= hash >>> 16
  return ((hash ^ (hash >>> 8)) & 0xff).toString(16).padStart(2, '0')
}

/** Code or name of an error as a value of bounded length; `_OTHER` when it has neither. */
export function errorType(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return '_OTHER'
    const code: unknown = 'code' in error ? error.code : undefined
    if (typeof code === 'string' && IDENTIFIER.test(code)) return code
    const name: unknown = 'name' in error ? error.name : undefined
    return typeof name === 'string' && IDENTIFIER.test(name) ? name : '_OTHER'
  } catch {
    return '_OTHER'
  }
}

/** Host and port of a `Host` header or an origin; undefined for what is neither. No user name, no path. */
export function hostOf(value: unknown): string | undefined {
  const text = value instanceof URL ? value.host : value
  if (typeof text !== 'string') return undefined
  const host = text.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\//, '').replace(/\/.*$/s, '')
  return HOST.test(host) ? host.toLowerCase() : undefined
}

/** A content length that is one. */
export function lengthOf(header: unknown): number | undefined {
  const text = typeof header === 'number' ? String(header) : header
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** Whether a response has no body whatever its content length says (RFC 9110 §6.4.1). */
export function isBodiless(method: unknown, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304
}
