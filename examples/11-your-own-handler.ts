/**
 * A handler of your own, by the rules of handlers/README.md: `attach<Name>` checks its options, does bounded work, takes
 * time from the bus, and gives back `detach` and `flush`.
 */
import { type Bus, createBus, sanitized, TelemetryError } from 'sonde'
import { manualClock, testHandler } from 'sonde/testing'

interface SlowestOptions {
  /** Which events are compared, by their `duration`. */
  readonly pattern: string
  /** How often the slowest is told, in milliseconds. Default 60,000. */
  readonly periodMs?: number
  /** Where a line goes. Default: the console. */
  readonly write?: (line: string) => void
}

interface SlowestAttachment {
  detach(): void
  /** Writes what has been seen since the last line. */
  flush(): Promise<void>
}

/** Writes the slowest event of every period. */
function attachSlowest(bus: Bus, options: SlowestOptions): SlowestAttachment {
  const { pattern, periodMs = 60_000, write = (line: string) => console.log(line) } = options
  // Mistakes are told here and never later. A wrong pattern is told by the bus.
  if (!(periodMs > 0))
    throw new TelemetryError('invalid_option', `slowest: 'periodMs' must be above 0, got ${periodMs}`)

  let slowest = { event: '', duration: -1 }

  // `sanitized` hands over plain copies: no payload, however hostile, throws when it is read.
  const compare = sanitized({}, (event, { duration }) => {
    if (typeof duration !== 'number' || !Number.isFinite(duration)) return
    if (duration > slowest.duration) slowest = { event, duration }
  })

  function report(): void {
    const { event, duration } = slowest
    if (event === '') return
    slowest = { event: '', duration: -1 }
    try {
      write(`slowest: ${event}, ${duration / 1e6} ms`)
    } catch {
      // A sink that is broken costs a line, not the process.
    }
  }

  const flush = async (): Promise<void> => report()
  const detachHandler = bus.attach('slowest', pattern, compare, undefined, { flush })
  const stopTimer = bus.clock.every(periodMs, report)

  return {
    flush,
    detach() {
      stopTimer()
      detachHandler()
    },
  }
}

// Using it.
const clock = manualClock()
const bus = createBus({ clock })
const attachment = attachSlowest(bus, { pattern: 'shop.**' })

bus.span('shop.checkout', {}, () => clock.advance(30))
bus.span('shop.search', {}, () => clock.advance(120))
clock.advance(60_000)
bus.span('shop.checkout', {}, () => clock.advance(45))
await bus.flush()
attachment.detach()

// Testing it: hostile payloads, timers left behind, calls that are repeated, wrong options.
await testHandler(attachSlowest, {
  options: { pattern: 'shop.**', write: () => {} },
  invalid: [{ pattern: 'shop..search' }, { pattern: 'shop.**', periodMs: 0 }],
})
console.log('testHandler: passed')

// Output:
// slowest: shop.search.stop, 120 ms
// slowest: shop.checkout.stop, 45 ms
// testHandler: passed
