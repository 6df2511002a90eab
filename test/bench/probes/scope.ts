import { AsyncLocalStorage } from 'node:async_hooks'
import { sink } from '../dispatchers.ts'
import { evaluate } from '../harness.ts'
import { withCorrelation } from '../library.ts'
import { polluteBodies } from '../spans.ts'
import { median } from '../statistics.ts'
import { stopwatch } from '../stopwatch.ts'

/** A process of its own that prints the nanoseconds of one scope: `ours`, or a bare `AsyncLocalStorage.run`. */
const SCOPES = 200_000
const SLICES = 15

const work = evaluate<() => void>('return () => { S[0] += 1 }', { S: sink })
const run = process.argv[2] === 'ours' ? ourScopes() : bareScopes()
for (let warm = 0; warm < 3; warm++) run(SCOPES)
const times: number[] = []
for (let slice = 0; slice < SLICES; slice++) {
  const elapsedMs = stopwatch()
  run(SCOPES)
  times.push(elapsedMs() / SCOPES)
}
process.stdout.write(String(median(times) * 1e6))

function ourScopes(): (count: number) => void {
  polluteBodies((_metadata, body) => withCorrelation('bench-1', body))
  return loop("withCorrelation('bench-2', work)", { withCorrelation, work })
}

function bareScopes(): (count: number) => void {
  const storage = new AsyncLocalStorage<{ id: string }>()
  polluteBodies((_metadata, body) => storage.run({ id: 'bench-1' }, body))
  return loop("storage.run({ id: 'bench-2' }, work)", { storage, work })
}

function loop(body: string, scope: Readonly<Record<string, unknown>>): (count: number) => void {
  return evaluate(`return (n) => { for (let i = 0; i < n; i++) { ${body} } }`, scope)
}
