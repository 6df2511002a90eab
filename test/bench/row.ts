import { significant } from './statistics.ts'

/** How much to measure. */
export interface Effort {
  readonly rounds: number
  readonly sliceMs: number
}

/** One goal of a row and what was measured; `measured` is null when it could not be, and `reason` says why. */
export interface Check {
  /** What the figure is about or relative to: `mitt`, `bytes per call`. */
  readonly what: string
  readonly relation: '≤' | '≥'
  readonly goal: number
  readonly unit: '×' | 'B' | 'kB' | '%' | 'ms'
  readonly measured: number | null
  readonly reason?: string
}

/** A row of the table as it stands in `results.json`. */
export interface RowResult {
  readonly row: number
  readonly work: string
  readonly checks: readonly Check[]
}

/** One row of the goals: what it does, and the function that measures it in a process of its own. */
export interface Row {
  readonly row: number
  readonly work: string
  run(effort: Effort): Promise<readonly Check[]>
}

export function atMost(what: string, goal: number, measured: number, unit: Check['unit'] = '×'): Check {
  return { what, relation: '≤', goal, unit, measured: significant(measured) }
}

export function atLeast(what: string, goal: number, measured: number, unit: Check['unit'] = '×'): Check {
  return { what, relation: '≥', goal, unit, measured: significant(measured) }
}

export function notMeasured(check: Check, reason: string): Check {
  return { ...check, measured: null, reason }
}

export function verdict(check: Check): 'met' | 'missed' | 'not measured' {
  if (check.measured === null) return 'not measured'
  const met = check.relation === '≤' ? check.measured <= check.goal : check.measured >= check.goal
  return met ? 'met' : 'missed'
}
