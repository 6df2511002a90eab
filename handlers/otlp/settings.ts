import { readFileSync } from 'node:fs'
import { TelemetryError } from 'sonde'
import { checkPost } from 'sonde/delivery'
import { loopbackHosts } from 'sonde/http'
import type { Encoding } from './encode/request.ts'
import type { Signal } from './encode/response.ts'
import { type Protocol, readEnvironment } from './environment.ts'
import type { OtlpOptions } from './options.ts'

/** How one signal is sent: options over environment over defaults. */
export interface SignalSettings {
  readonly signal: Signal
  readonly protocol: Protocol
  readonly encoding: Encoding
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly gzip: boolean
  readonly ca: string | undefined
  /** Credentials would go unencrypted over a network. */
  readonly insecure: boolean
  /** Parts of the address, which no text may show. */
  readonly secrets: readonly string[]
}

/** Names of headers whose values are not for everybody. */
const CREDENTIAL = /auth|cookie|key|secret|token/i

/** Throws `invalid_option` for what cannot be sent to. No address and no header is ever quoted. */
export function readSettings(options: OtlpOptions, signal: Signal): SignalSettings {
  const env = readEnvironment(options.environment ?? process.env, signal)
  const protocol = options.protocol ?? env.protocol ?? 'http/protobuf'
  const url = chooseUrl(options, env, protocol, signal)
  const headers = { ...env.headers, ...options.headers }
  const timeoutMs = options.timeoutMs ?? env.timeoutMs ?? 10_000
  const { secure, hostname, secrets, headers: sent } = checkPost(url, { headers, timeoutMs })
  if (protocol === 'grpc') checkMetadata(headers)
  const local = loopbackHosts.includes(hostname) || hostname === '::1' || /^127\./.test(hostname)
  return {
    signal,
    protocol,
    encoding: protocol === 'http/json' ? 'json' : 'protobuf',
    url,
    headers,
    timeoutMs,
    gzip: (options.compression ?? env.compression) === 'gzip',
    ca: options.ca ?? (env.certificate === undefined ? undefined : readCertificate(env.certificate)),
    insecure: !secure && !local && Object.keys(sent).some((name) => CREDENTIAL.test(name)),
    secrets,
  }
}

function chooseUrl(
  { endpoint, endpoints = {} }: OtlpOptions,
  { ownEndpoint, baseEndpoint }: ReturnType<typeof readEnvironment>,
  protocol: Protocol,
  signal: Signal,
): string {
  const own = endpoints[signal] ?? (endpoint === undefined ? ownEndpoint : undefined)
  if (own !== undefined) return own
  const base = endpoint ?? baseEndpoint
  if (protocol === 'grpc') return base ?? 'http://localhost:4317'
  const url = new URL(base ?? 'http://localhost:4318')
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`
  return url.href
}

/** What gRPC would refuse at every call. */
function checkMetadata(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[\w.-]+$/.test(name) && !name.toLowerCase().endsWith('-bin') && /^[\x20-\x7e]*$/.test(value)) continue
    throw new TelemetryError(
      'invalid_option',
      `otlp: header '${name}' cannot be sent by gRPC: letters, digits, '_', '.' and '-' without '-bin', and a value in ASCII`,
    )
  }
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new TelemetryError('invalid_option', 'otlp: OTEL_EXPORTER_OTLP_CERTIFICATE names no file that can be read', {
      cause,
    })
  }
}
