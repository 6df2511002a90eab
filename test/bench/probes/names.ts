import { makeHandler, sondeNames } from '../dispatchers.ts'
import { type Candidate, compile } from '../harness.ts'
import { createBus } from '../library.ts'
import { pollute } from '../pollution.ts'
import { listenToSpan, polluteSpans } from '../spans.ts'
import { stopwatch } from '../stopwatch.ts'

/**
 * A process of its own, to alternate with one of another virtual machine: prints, as JSON, the nanoseconds of an emit by
 * name with 1, 3 and 10 handlers and of a span. Payloads are constants, as they are there.
 */
const CALLS = 300_000
const SLICES = 5

const bus = createBus()
const dispatcher = pollute(sondeNames(bus))
polluteSpans(bus)
const candidates = [emitting(1), emitting(3), emitting(10), spanning()]
process.stdout.write(JSON.stringify(Object.fromEntries(candidates.map((each) => [each.name, nanoseconds(each)]))))
process.exit()

function nanoseconds(candidate: Candidate): number {
  const run = compile(candidate)
  for (let warm = 0; warm < 2; warm++) void run(CALLS)
  const times = Array.from({ length: SLICES }, () => {
    const elapsedMs = stopwatch()
    void run(CALLS)
    return (elapsedMs() * 1e6) / CALLS
  })
  return Math.min(...times)
}

function emitting(handlers: number): Candidate {
  const event = `bench.order.by${handlers}`
  for (let index = 0; index < handlers; index++) dispatcher.attach(event, makeHandler(dispatcher))
  const m = { duration: 7, system_time: 1_700_000_000_000 }
  const md = { method: 'get', status: 200 }
  return { name: String(handlers), body: `bus.execute('${event}', m, md)`, scope: { bus, m, md } }
}

function spanning(): Candidate {
  listenToSpan(bus, 'bench.span')
  const md = { method: 'get', status: 200 }
  return { name: 'span', body: "bus.span('bench.span', md, work)", scope: { bus, md, work: () => 'ok' } }
}
