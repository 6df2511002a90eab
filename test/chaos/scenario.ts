/** One run of a scenario. */
export interface ChaosRun {
  readonly seed: number
  /** 1 is the length that the scenario is meant to have; the commit tier runs at a tenth. */
  readonly scale: number
  /** Numbers in [0, 1) that follow from the seed. */
  readonly random: () => number
}

/** What a scenario tells. The runner adds versions, memory, loop lag, duration and the verdict. */
export interface ChaosResult {
  readonly load: string
  readonly faults: readonly string[]
  readonly accepted: number
  readonly delivered: number
  readonly dropped: Readonly<Record<string, number>>
  /** Arrivals beyond the first of each item. */
  readonly duplicates: number
  /** What else was measured. */
  readonly figures?: Readonly<Record<string, number>>
  /** What had to hold and did not. None is a pass. */
  readonly problems: readonly string[]
}

/** A file of `test/chaos/scenarios` exports one as `scenario`; its name is the file's. */
export interface Scenario {
  /** One line for `--list`. */
  readonly about: string
  /** Runs and cleans up. A rejection is a failure like a problem. */
  run(run: ChaosRun): Promise<ChaosResult>
}
