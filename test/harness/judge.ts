import type { TestRecord } from './test-record.ts'

/** How the process of a test file ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: string | null
  /** The limit it was killed at. */
  readonly killedAfterMs?: number
}

export interface Failure {
  readonly name: string
  readonly problem: string
}

export interface Verdict {
  readonly passed: number
  readonly failures: readonly Failure[]
}

/** Decides what a test file is worth from what it recorded and how it ended. A file that ran no test has failed. */
export function judge(records: readonly TestRecord[], ending: Ending): Verdict {
  const passed = records.filter((record) => record.kind === 'pass').length
  const failures: Failure[] = []
  for (const record of records)
    if (record.kind === 'fail') failures.push({ name: record.name, problem: record.problem })
  const end = records.find((record) => record.kind === 'end')
  const blame = (problem: string, name = '(file)'): void => void failures.push({ name, problem })

  if (end === undefined) {
    blame(`${howItEnded(ending)} before all its tests had run`, running(records) ?? '(file)')
    return { passed, failures }
  }
  for (const name of end.neverRun) blame(`suite '${name}' has tests and no call of .run()`)
  if (end.tests === 0 && end.neverRun.length === 0) blame('ran no test: does it end with test.run()?')
  if (end.leftOut > 0) blame(`left out by .skip or .only: ${end.leftOut}`)
  const began = records.filter((record) => record.kind === 'begin').length
  if (began < end.tests)
    blame(`never begun: ${end.tests - began} of its tests (a hook failed, or the suite is not ours)`)

  const open = records.find((record) => record.kind === 'open')
  if (open !== undefined)
    blame(`something is still open after the last test: ${open.resources.join(', ') || 'unknown'}`)
  else if (ending.code !== 0) blame(`${howItEnded(ending)} after its last test`)
  return { passed, failures }
}

function running(records: readonly TestRecord[]): string | undefined {
  const last = records.at(-1)
  return last?.kind === 'begin' ? last.name : undefined
}

function howItEnded({ code, signal, killedAfterMs }: Ending): string {
  if (killedAfterMs !== undefined) return `killed: still running after ${killedAfterMs / 1_000} s,`
  return signal === null ? `exited with code ${code}` : `ended by ${signal}`
}
