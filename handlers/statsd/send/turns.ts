/** Runs of one piece of work, one after the other. */
export interface Turns {
  /** Begins one unless one is under way. What it throws is lost: nobody waits for it. */
  begin(): void
  /** Waits for the one under way, which may have begun too early, and runs another. */
  next(): Promise<void>
}

/** Makes the turns of `run`. */
export function createTurns(run: () => Promise<void>): Turns {
  let current: Promise<void> | undefined

  const start = (): Promise<void> => {
    const mine = run().finally(() => {
      if (current === mine) current = undefined
    })
    current = mine
    return mine
  }

  return {
    begin() {
      if (current === undefined) start().catch(() => {})
    },
    async next() {
      while (current !== undefined) await current.catch(() => {})
      await start()
    },
  }
}
