import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import type { Effort } from './row.ts'
import { median, ratioOfRounds, seededRandom, shuffled } from './statistics.ts'
import { stopwatch } from './stopwatch.ts'

/** Names that the source of a loop may use. */
export type Scope = Readonly<Record<string, unknown>>

/**
 * Work to be timed, as source text. `body` is one operation and sees the counter `i` and the names of `scope`.
 * With `asynchronous` it may say `await`.
 */
export interface Candidate {
  readonly name: string
  readonly body: string
  readonly scope: Scope
  readonly asynchronous?: boolean
  /** Statements that run once a slice, before its first operation. */
  readonly before?: string
  /** Called once with the warm loop, to make its site see something happen. */
  readonly disturb?: (run: Loop) => void
}

export type Loop = (count: number) => void | Promise<void>

/** Nanoseconds per operation of every candidate, one number a round. */
export interface Timings {
  of(name: string): readonly number[]
  ratio(name: string, reference: string): number
}

const WARM_UP_MS = 40
const COMPILE_MS = 10
let compiled = 0

/** Compiles source to a value. Functions made by separate calls never share V8's type feedback. */
export function evaluate<T>(source: string, scope: Scope): T {
  // The eval cache goes by text: without a unique comment, equal sources would share their feedback.
  const build = new Function(...Object.keys(scope), `"use strict"; /* ${compiled++} */ ${source}`)
  return build(...Object.values(scope)) as T // the one place where text becomes a typed value
}

/** A freshly compiled loop over the candidate's body. */
export function compile({ name, body, scope, asynchronous = false, before = '' }: Candidate): Loop {
  const kind = asynchronous ? 'async function' : 'function'
  return evaluate<Loop>(`return ${kind} (n) { ${before}; for (let i = 0; i < n; i++) { ${body} } } // ${name}`, scope)
}

/** Times all candidates in interleaved, shuffled rounds. Every loop is warm, and all are, before the first round. */
export async function measure({ rounds, sliceMs }: Effort, candidates: readonly Candidate[]): Promise<Timings> {
  const random = seededRandom(Date.now())
  const loops = candidates.map((candidate) => ({ ...candidate, run: compile(candidate), count: 1, times: [0] }))
  for (const loop of loops) {
    loop.count = await fill(loop.run, WARM_UP_MS)
    // V8 optimizes on another thread, which may have to wait for a processor.
    await delay(COMPILE_MS)
    loop.count = await fill(loop.run, sliceMs, loop.count)
    loop.disturb?.(loop.run)
  }
  // Again, for what the other candidates' warm-up has deoptimized.
  for (const loop of loops) loop.count = await fill(loop.run, sliceMs, loop.count)
  for (const loop of loops) loop.times = []

  for (let round = -1; round < rounds; round++) {
    for (const loop of shuffled(loops, random)) {
      const time = (await elapsed(loop.run, loop.count)) / loop.count
      if (round >= 0) loop.times.push(time * 1e6)
      // Finalizers and timers get their turn between slices, as they do between requests.
      await nextTurn()
    }
  }
  return timings(new Map(loops.map((loop) => [loop.name, loop.times])))
}

/** Prints the medians when `SONDE_BENCH_VERBOSE` is set, to find out where time goes. */
function timings(times: ReadonlyMap<string, readonly number[]>): Timings {
  if (process.env.SONDE_BENCH_VERBOSE !== undefined) {
    for (const [name, all] of times) console.error(`${median(all).toPrecision(4).padStart(10)} ns  ${name}`)
  }
  const of = (name: string) => {
    const found = times.get(name)
    if (found === undefined)
      throw new RangeError(`bench: no candidate '${name}', there are ${[...times.keys()].join(', ')}`)
    return found
  }
  return { of, ratio: (name, reference) => ratioOfRounds(of(name), of(reference)) }
}

/** Finds the number of operations that fill `ms`, running them meanwhile. */
async function fill(run: Loop, ms: number, from = 1): Promise<number> {
  let count = from
  for (;;) {
    const time = await elapsed(run, count)
    const wanted = Math.max(1, Math.ceil((count * ms) / Math.max(time, 1e-3)))
    if (time >= ms * 0.75) return wanted
    count = Math.min(wanted, count * 8)
  }
}

async function elapsed(run: Loop, count: number): Promise<number> {
  const elapsedMs = stopwatch()
  const pending = run(count)
  if (pending !== undefined) await pending
  return elapsedMs()
}

/** Bytes of garbage that one operation makes once it is optimized: the least of five readings. */
export async function bytesPerOperation(candidate: Candidate, count = 100_000): Promise<number> {
  const run = compile(candidate)
  for (let warm = 0; warm < 20; warm++) {
    await run(count)
    await delay(COMPILE_MS)
  }
  let least = Number.POSITIVE_INFINITY
  for (let reading = 0; reading < 5; reading++) {
    collectGarbage()
    const before = process.memoryUsage().heapUsed
    void run(count)
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / count)
  }
  return Math.max(0, least)
}

/** Bytes that stay reachable after `make`, on and off the heap, for one of `count` things it makes. */
export function bytesRetained(make: () => unknown, count: number): number {
  collectGarbage()
  const before = process.memoryUsage()
  const kept = make()
  collectGarbage()
  const after = process.memoryUsage()
  if (kept === undefined) throw new TypeError('bench: make() must return what it has made')
  return (after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers) / count
}

/** A full collection; the rows run with `--expose-gc`. */
function collectGarbage(): void {
  for (let pass = 0; pass < 3; pass++) globalThis.gc?.()
}
