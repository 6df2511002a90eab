import { TelemetryError } from './errors.ts'
import { compilePattern, requirePattern } from './names.ts'
import { isNeverSampled } from './never-sampled.ts'
import type { Control, SamplingRule } from './types.ts'

const OPEN: Control = Object.freeze({
  enabled: true,
  sampling: Object.freeze([]),
  allow: Object.freeze([]),
  deny: Object.freeze([]),
})

type Test = (name: string) => boolean

/** The compiled form of a `Control`: what may be emitted, and at which rate. */
export interface Rules {
  readonly control: Control
  admits(name: string): boolean
  /** The rate of the first sampling rule that matches; undefined when everything is kept. */
  rateOf(name: string): number | undefined
}

/** Rules that let everything through. */
export const openRules: Rules = compileRules({}, OPEN)

/** `previous` with the given keys replaced. Throws `invalid_control` and changes nothing when one is wrong. */
export function compileRules(change: Partial<Control>, previous: Control): Rules {
  const control: Control = Object.freeze({
    enabled: change.enabled === undefined ? previous.enabled : requireBoolean(change.enabled),
    sampling: change.sampling === undefined ? previous.sampling : requireSampling(change.sampling),
    allow: change.allow === undefined ? previous.allow : requirePatterns('allow', change.allow),
    deny: change.deny === undefined ? previous.deny : requirePatterns('deny', change.deny),
  })
  const allow = anyOf(control.allow)
  const deny = anyOf(control.deny)
  const sampling = control.sampling.map(({ pattern, rate }) => ({ matches: compilePattern(pattern), rate }))

  return {
    control,
    admits(name) {
      if (deny(name)) return false
      if (name.startsWith('telemetry.')) return true
      return control.enabled && (control.allow.length === 0 || allow(name))
    },
    rateOf(name) {
      const rule = sampling.find(({ matches }) => matches(name))
      return rule === undefined || rule.rate === 1 || isNeverSampled(name) ? undefined : rule.rate
    },
  }
}

/**
 * The weight of one event under `rate`: 0 when it is not kept, else ⌊1/rate⌋ or ⌈1/rate⌉, drawn so that the mean of the
 * weights over all events is exactly 1.
 */
export function drawWeight(rate: number): number {
  if (Math.random() >= rate) return 0
  const exact = 1 / rate
  const floor = Math.floor(exact)
  return Math.random() < exact - floor ? floor + 1 : floor
}

function anyOf(patterns: readonly string[]): Test {
  const tests = patterns.map(compilePattern)
  return (name) => tests.some((matches) => matches(name))
}

function requireBoolean(enabled: unknown): boolean {
  if (typeof enabled === 'boolean') return enabled
  throw new TelemetryError('invalid_control', `control: 'enabled' must be true or false, got ${typeof enabled}`)
}

function requirePatterns(key: string, patterns: unknown): readonly string[] {
  if (!Array.isArray(patterns))
    throw new TelemetryError('invalid_control', `control: '${key}' must be a list of patterns`)
  return Object.freeze(patterns.map((pattern) => controlPattern(key, pattern)))
}

function requireSampling(rules: unknown): readonly SamplingRule[] {
  if (!Array.isArray(rules)) throw new TelemetryError('invalid_control', "control: 'sampling' must be a list of rules")
  return Object.freeze(
    rules.map((rule: Partial<SamplingRule> | null | undefined) => {
      const pattern = controlPattern('sampling', rule?.pattern)
      const rate = rule?.rate
      if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
        throw new TelemetryError('invalid_control', `control: the rate of '${pattern}' must be a number from 0 to 1`)
      }
      return Object.freeze({ pattern, rate })
    }),
  )
}

function controlPattern(key: string, pattern: unknown): string {
  try {
    return requirePattern(typeof pattern === 'string' ? pattern : [])
  } catch (cause) {
    throw new TelemetryError('invalid_control', `control: '${key}' holds something that is not a pattern`, { cause })
  }
}
