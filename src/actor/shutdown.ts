import { end, terminate } from './exits.ts'
import { watch } from './links.ts'
import type { Runtime } from './runtime.ts'

/** Ends all actors of a system, the youngest first; those with a supervisor are ended by it. After `timeoutMs` what is left is killed. */
export async function shutdown(runtime: Runtime, timeoutMs: number): Promise<void> {
  const { cells, clock } = runtime
  const cancel = clock.after(timeoutMs, () => {
    for (const cell of [...cells.values()]) terminate(runtime, cell, 'killed')
  })
  const youngestFirst = [...cells.values()].reverse()
  const unsupervised = youngestFirst.filter((cell) => !cell.isSupervised)
  // Then those that have outlived their supervisor.
  for (const cell of [...unsupervised, ...youngestFirst]) {
    if (cell.phase === 'dead') continue
    await new Promise((resolve) => {
      watch(runtime, cell, resolve)
      // Also one that traps exits: it is not asked.
      end(runtime, cell, 'shutdown')
    })
  }
  cancel()
}
