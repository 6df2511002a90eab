import type { SinkStatus } from 'sonde/delivery'

/** How several signals do together: degraded when one is. */
export function joinStatus(all: readonly SinkStatus[]): SinkStatus {
  const successes = all.flatMap(({ lastSuccess }) => lastSuccess ?? [])
  const failures = all.flatMap(({ lastFailure }) => lastFailure ?? [])
  return {
    state: all.some(({ state }) => state === 'degraded') ? 'degraded' : 'ok',
    lastSuccess: successes.length === 0 ? undefined : Math.max(...successes),
    lastFailure: failures.toSorted((a, b) => a.time - b.time).at(-1),
  }
}
