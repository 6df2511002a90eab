import { TelemetryError } from 'sonde'
import type { ResourceAttributes } from './encode/resource.ts'
import type { Signal } from './encode/response.ts'

/** Environment variables by name. */
export type Environment = { readonly [name: string]: string | undefined }

/** The three ways to send OTLP. */
export type Protocol = 'http/protobuf' | 'http/json' | 'grpc'

/** What the environment says about one signal. */
export interface EnvironmentSettings {
  readonly protocol: Protocol | undefined
  /** For one signal alone: used as it is. */
  readonly ownEndpoint: string | undefined
  /** For all signals: HTTP appends a path to it. */
  readonly baseEndpoint: string | undefined
  readonly headers: { readonly [name: string]: string }
  readonly timeoutMs: number | undefined
  readonly compression: 'gzip' | 'none' | undefined
  /** The path of a PEM file. */
  readonly certificate: string | undefined
}

const PROTOCOLS: readonly Protocol[] = ['http/protobuf', 'http/json', 'grpc']

/**
 * Reads `OTEL_EXPORTER_OTLP_*`, a variable for the signal before the one for all; an empty one is as none (OpenTelemetry
 * specification, protocol/exporter). Throws `invalid_option` with the variable's name and without its value, which may be a secret.
 */
export function readEnvironment(environment: Environment, signal: Signal): EnvironmentSettings {
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`
  const read = <T>(name: string, parse: (value: string) => T | undefined, wanted: string): T | undefined => {
    for (const variable of [`${own}_${name}`, `OTEL_EXPORTER_OTLP_${name}`]) {
      const value = textOf(environment, variable)
      if (value === undefined) continue
      const parsed = parse(value)
      if (parsed === undefined) throw invalid(variable, wanted)
      return parsed
    }
    return undefined
  }
  const url = (variable: string) => {
    const value = textOf(environment, variable)
    if (value === undefined) return undefined
    if (!isHttpUrl(value)) throw invalid(variable, 'an http or https URL')
    return value
  }
  return {
    protocol: read('PROTOCOL', (value) => PROTOCOLS.find((known) => known === value), PROTOCOLS.join(', ')),
    ownEndpoint: url(`${own}_ENDPOINT`),
    baseEndpoint: url('OTEL_EXPORTER_OTLP_ENDPOINT'),
    headers: read('HEADERS', parsePairs, 'a list of key=value, percent-encoded') ?? {},
    timeoutMs: read('TIMEOUT', parseMilliseconds, 'whole milliseconds from 1'),
    compression: read(
      'COMPRESSION',
      (value) => (value === 'gzip' || value === 'none' ? value : undefined),
      'gzip or none',
    ),
    certificate: read('CERTIFICATE', (value) => value, 'a path'),
  }
}

/** `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`; `lowmemory` means delta for what we have: no gauge has a temporality. */
export function readTemporality(environment: Environment): 'cumulative' | 'delta' | undefined {
  const variable = 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE'
  const value = textOf(environment, variable)?.toLowerCase()
  if (value === undefined || value === 'cumulative' || value === 'delta') return value
  if (value === 'lowmemory') return 'delta'
  throw invalid(variable, 'cumulative, delta or lowmemory')
}

/** `OTEL_RESOURCE_ATTRIBUTES`, and `OTEL_SERVICE_NAME` over it. */
export function readResource(environment: Environment): ResourceAttributes {
  const text = textOf(environment, 'OTEL_RESOURCE_ATTRIBUTES')
  const attributes = text === undefined ? {} : parsePairs(text)
  if (attributes === undefined) throw invalid('OTEL_RESOURCE_ATTRIBUTES', 'a list of key=value, percent-encoded')
  const service = textOf(environment, 'OTEL_SERVICE_NAME')
  return { ...attributes, ...(service !== undefined && { 'service.name': service }) }
}

/** Whether a text is an address that can be sent to. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

function textOf(environment: Environment, variable: string): string | undefined {
  const value = environment[variable]?.trim()
  return value === '' ? undefined : value
}

/** Undefined when it is no such list. */
function parsePairs(text: string): { readonly [key: string]: string } | undefined {
  const pairs: [string, string][] = []
  for (const part of text.split(',')) {
    if (part.trim() === '') continue
    const at = part.indexOf('=')
    try {
      const key = decodeURIComponent(part.slice(0, Math.max(0, at)).trim())
      if (key === '') return undefined
      pairs.push([key, decodeURIComponent(part.slice(at + 1).trim())])
    } catch {
      return undefined
    }
  }
  return Object.fromEntries(pairs)
}

function parseMilliseconds(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

function invalid(variable: string, wanted: string): TelemetryError {
  return new TelemetryError('invalid_option', `otlp: the environment variable ${variable} must be ${wanted}`)
}
