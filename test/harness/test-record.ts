/** What the process of a test file says about itself, one JSON line each. A file that dies leaves the lines it had written. */
export type TestRecord =
  | { readonly kind: 'begin'; readonly name: string }
  | { readonly kind: 'pass'; readonly name: string }
  | { readonly kind: 'fail'; readonly name: string; readonly problem: string }
  /** All suites are through: `tests` is what uvu was asked to run, `neverRun` names suites without `.run()`. */
  | { readonly kind: 'end'; readonly tests: number; readonly leftOut: number; readonly neverRun: readonly string[] }
  /** The process is still alive after its last test, held up by these. */
  | { readonly kind: 'open'; readonly resources: readonly string[] }

/** Where `suite` leaves its records. Empty unless our runner has started the file. */
export interface Recorder {
  write?: (record: TestRecord) => void
  /** Suites that have tests and were not run yet. */
  readonly waiting: Set<string>
}

/** One per process: the test file and the child entry see the same. */
export const recorder: Recorder = { waiting: new Set() }
