import { TelemetryError } from '../core/errors.ts'

/** One pattern, in which `*` is any run of characters; of a list one must match. */
type Patterns = string | readonly string[]

/**
 * Which alerts are meant: all labels named must match. Labels are the tags and `rule`, `kind`, `severity`; one that an alert
 * does not have is `''`. `{}` means all alerts. `{ route: { not: '/health*' } }` is the opposite of `{ route: '/health*' }`.
 */
export interface Matchers {
  readonly [label: string]: Patterns | { readonly not: Patterns }
}

/** Whether the labels of an alert are meant. Linear in the length of label and pattern. */
export type Matches = (labels: { readonly [label: string]: string }) => boolean

const MAX_PATTERN = 1_024

/** Makes the test of matchers. `owner` names the option in the `invalid_option` that wrong ones throw. */
export function compileMatchers(owner: string, matchers: Matchers): Matches {
  if (typeof matchers !== 'object' || matchers === null || Array.isArray(matchers))
    throw invalid(owner, `must be an object of patterns such as { severity: 'critical' }`)
  const tests = Object.entries(matchers).map(([label, wanted]) => {
    const negated = typeof wanted === 'object' && wanted !== null && 'not' in wanted
    const globs = listOf(negated ? wanted.not : wanted).map((pattern) => compileGlob(owner, label, pattern))
    return { label, negated, globs }
  })
  return (labels) =>
    tests.every(({ label, negated, globs }) => {
      const value = Object.hasOwn(labels, label) ? (labels[label] ?? '') : ''
      return globs.some((glob) => glob(value)) !== negated
    })
}

function listOf(patterns: Patterns): readonly unknown[] {
  return Array.isArray(patterns) ? patterns : [patterns]
}

/** The parts between the stars, one after the other: no backtracking, so no pattern is slow (CWE-1333). */
function compileGlob(owner: string, label: string, pattern: unknown): (value: string) => boolean {
  if (typeof pattern !== 'string' || pattern.length > MAX_PATTERN)
    throw invalid(owner, `must have strings of at most ${MAX_PATTERN} characters, at '${label}'`)
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return (value) => value === pattern
  return (value) => {
    if (!value.startsWith(first)) return false
    let from = first.length
    for (const part of rest) {
      const at = value.indexOf(part, from)
      if (at < 0) return false
      from = at + part.length
    }
    return value.length - last.length >= from && value.endsWith(last)
  }
}

function invalid(owner: string, problem: string): TelemetryError {
  return new TelemetryError('invalid_option', `${owner} ${problem}`)
}
