import { isIPv4 } from 'node:net'

/** The names a browser on this machine may call us by. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Whether an address or name to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true
  return isIPv4(host) && host.startsWith('127.')
}

/** The name in a `Host` header without its port, in lower case; undefined when it is missing or malformed (RFC 9110, 7.2). */
export function hostName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i.exec(header)
  return match?.[1]?.toLowerCase()
}

/** An address as it is written in a URL and in a `Host` header: IPv6 in brackets. */
export function urlHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}

/**
 * The set of host names that requests may be addressed to.
 *
 * A page on `evil.example` whose name resolves to 127.0.0.1 (DNS rebinding, CWE-350) sends its own name as `Host`, so
 * only names that the operator knows are answered. `*` allows every name.
 */
export function hostAllowList(host: string, allowed: readonly string[]): (header: string | undefined) => boolean {
  const names = new Set([...loopbackHosts, urlHost(host), ...allowed].map((name) => name.toLowerCase()))
  const any = names.has('*')
  return (header) => {
    const name = hostName(header)
    return name !== undefined && (any || names.has(name))
  }
}
