import { TelemetryError } from './errors.ts'
import type { NameInput } from './types.ts'

const MAX_LENGTH = 256
/** Segments that an event name may have. */
export const MAX_SEGMENTS = 16
const NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){0,15}$/
const SEGMENT = /^(?:[A-Za-z0-9_-]+|\*\*?)$/
const PATTERN = /^(?:(?:[A-Za-z0-9_-]+|\*)\.){0,15}(?:[A-Za-z0-9_-]+|\*\*?)$/

/** Joined names of frozen arrays: joining on every emit costs ten times the emit itself. */
const joined = new WeakMap<readonly string[], string>()

/** Whether `name` is 1 to 16 segments of `[A-Za-z0-9_-]+` joined by dots, 256 characters at most. */
export function isEventName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= MAX_LENGTH && NAME.test(name)
}

/** The dotted form of a name or pattern; undefined when an array holds anything but segments. */
export function dotted(input: NameInput): string | undefined {
  if (typeof input === 'string') return input
  try {
    return Array.isArray(input) ? (joined.get(input) ?? join(input)) : undefined
  } catch {
    // A revoked proxy, or one that lies about its length.
    return undefined
  }
}

/** The name, or an `invalid_name` error that shows what was given. */
export function requireName(input: NameInput): string {
  const name = dotted(input)
  if (isEventName(name)) return name
  throw new TelemetryError(
    'invalid_name',
    `event names are 1 to 16 segments of A-Z a-z 0-9 _ - joined by dots, got ${show(input)}`,
  )
}

/** The pattern, or an `invalid_pattern` error that shows what was given. */
export function requirePattern(input: NameInput): string {
  const pattern = dotted(input)
  if (pattern !== undefined && pattern.length <= MAX_LENGTH && PATTERN.test(pattern)) return pattern
  throw new TelemetryError(
    'invalid_pattern',
    `patterns are event names in which '*' stands for one segment and a last '**' for one or more, got ${show(input)}`,
  )
}

export function isWildcard(pattern: string): boolean {
  return pattern.includes('*')
}

/** A test for whole event names. Linear in the name's length: segments cannot hold a dot, so there is nothing to try twice. */
export function compilePattern(pattern: string): (name: string) => boolean {
  if (!isWildcard(pattern)) return (name) => name === pattern
  if (pattern === '**') return () => true
  const source = pattern
    .split('.')
    .map((segment) => (segment === '**' ? '.+' : segment === '*' ? '[^.]+' : segment))
    .join('\\.')
  const expression = new RegExp(`^${source}$`)
  return (name) => expression.test(name)
}

/** Whether `name` is `prefix` or begins with it on a segment border. */
export function hasPrefix(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(`${prefix}.`)
}

function join(input: readonly string[]): string | undefined {
  if (input.length === 0 || input.length > MAX_SEGMENTS) return undefined
  for (let i = 0; i < input.length; i++) {
    const segment: unknown = input[i]
    if (typeof segment !== 'string' || !SEGMENT.test(segment)) return undefined
  }
  const name = input.join('.')
  if (Object.isFrozen(input)) joined.set(input, name)
  return name
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : typeof value
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
