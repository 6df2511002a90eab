// Taken at load: a test that fakes the timers must not stop our own.
const { setImmediate } = globalThis

/** Lets promises, and I/O that is ready, come to rest: some turns of the event loop. */
export async function settle(turns: number = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}

/**
 * Runs `begin` and calls `step` once per turn of the event loop until its promise is settled, at most `steps` times.
 * For work that waits on a clock that has to be moved.
 */
export async function settleWithin(
  begin: () => Promise<void>,
  steps: number,
  step: () => void,
): Promise<'resolved' | 'pending' | { readonly error: unknown }> {
  let outcome: 'resolved' | 'pending' | { readonly error: unknown } = 'pending'
  const run = async () => {
    try {
      await begin()
      outcome = 'resolved'
    } catch (error) {
      outcome = { error }
    }
  }
  void run()
  for (let taken = 0; taken < steps; taken++) {
    await settle(1)
    if (outcome !== 'pending') return outcome
    step()
  }
  await settle(1)
  return outcome
}
