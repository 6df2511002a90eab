import type { Clock } from './types.ts'

/** Runs all `tasks` in parallel and resolves when each has settled, or after `limitMs`. One that fails does not stop the rest. */
export async function settleAll(clock: Clock, limitMs: number, tasks: readonly (() => unknown)[]): Promise<void> {
  if (tasks.length === 0) return
  const settled = Promise.allSettled(tasks.map(async (task) => task()))
  let cancel = () => {}
  const expired = new Promise<void>((resolve) => {
    cancel = clock.after(limitMs, resolve)
  })
  await Promise.race([settled, expired])
  cancel()
}
