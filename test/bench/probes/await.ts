import { evaluate } from '../harness.ts'
import { median } from '../statistics.ts'
import { stopwatch } from '../stopwatch.ts'

/**
 * A process of its own that prints the nanoseconds of a bare `await`. With the argument `library` the library is
 * loaded, a bus has handlers and metrics attached, and events flow, but nothing uses correlation.
 */
const AWAITS = 200_000
const SLICES = 15

if (process.argv[2] === 'library') await useLibrary()

const run = evaluate<(count: number) => Promise<void>>(
  'const work = async () => {}; return async (n) => { for (let i = 0; i < n; i++) await work() }',
  {},
)
await run(AWAITS)
const times: number[] = []
for (let slice = 0; slice < SLICES; slice++) {
  const elapsedMs = stopwatch()
  await run(AWAITS)
  times.push(elapsedMs() / AWAITS)
}
process.stdout.write(String(median(times) * 1e6))

async function useLibrary(): Promise<void> {
  const { attachMetrics, createBus, summary } = await import('../library.ts')
  const bus = createBus()
  bus.attach('listener', 'shop.**', () => {})
  attachMetrics(bus, { metrics: [summary('shop.checkout.stop.duration')] })
  for (let emit = 0; emit < 1_000; emit++) bus.execute('shop.order.placed', { count: 1 })
  await bus.span('shop.checkout', {}, async () => {})
}
