import { invalid } from './options.ts'

const HOST = /^(?:\*|(?:\*\.)?(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?)$/
const PORT = /:\d+$/

/** Whether a host, `name` or `name:port`, is one of `hosts`; a wrong one among them throws `invalid_option`. */
export function compileHosts(hosts: readonly string[]): (host: string) => boolean {
  const wanted = hosts.map((host) => {
    const name = typeof host === 'string' ? host.toLowerCase() : ''
    if (!HOST.test(name)) {
      throw invalid(
        `option 'sendTo': '${String(host)}' is no host: 'orders.internal', '127.0.0.1:8080', '*.internal' or '*'`,
      )
    }
    return name
  })
  return (host) => wanted.some((name) => matches(name, host.toLowerCase()))
}

function matches(wanted: string, host: string): boolean {
  if (wanted === '*') return true
  const given = PORT.test(wanted) ? host : host.replace(PORT, '')
  // The dot stays: `*.internal` is not `evilinternal`.
  return wanted.startsWith('*.') ? given.endsWith(wanted.slice(1)) : given === wanted
}
