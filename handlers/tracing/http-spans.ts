import type { Attributes } from '@opentelemetry/api'
import type { Metadata } from 'sonde'

/** `GET /users/:id`, without a route `GET`; a method that is not a known one reads `HTTP`. */
export function httpName({ method, route }: Metadata): string {
  const verb = method === '_OTHER' ? 'HTTP' : String(method)
  return typeof route === 'string' ? `${verb} ${route}` : verb
}

/** `name:port` apart; IPv6 addresses without their brackets. */
export function serverAddress(host: unknown): Attributes {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(String(host)) ?? []
  return {
    'server.address': bracketed ?? plain ?? String(host),
    ...(port === undefined ? undefined : { 'server.port': Number(port) }),
  }
}
